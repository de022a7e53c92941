# Rscript tests/golden/survey/psych_bfi.R > tests/golden/survey/psych_bfi.json      (psych 2.2.9)
library(psych)
keys <- list(Agreeableness = c("-A1", "A2", "A3", "A4", "A5"), Conscientiousness = c("C1", "C2", "C3", "-C4", "-C5"),
             Extraversion = c("-E1", "-E2", "E3", "E4", "E5"), Neuroticism = c("N1", "N2", "N3", "N4", "N5"),
             Openness = c("O1", "-O2", "O3", "O4", "-O5"))
items <- gsub("-", "", unlist(keys, use.names = FALSE))
turned <- sub("-", "", grep("-", unlist(keys), value = TRUE))
keyed <- bfi[, items]
keyed[, turned] <- 7 - keyed[, turned]
d <- describe(keyed, type = 2)
scores <- scoreItems(keys, bfi[, items], impute = "none", min = 1, max = 6, missing = TRUE)$scores
drop <- unlist(lapply(keys, function(k) {
  own <- keyed[, sub("-", "", k)]
  alpha(own[complete.cases(own), ])$item.stats$r.drop
}), use.names = FALSE)
pairs <- corr.test(keyed[, 1:5], adjust = "none")
show <- function(x) paste0("[", paste(ifelse(is.na(x), "null", sprintf("%.12g", x)), collapse = ", "), "]")
cat("{\n")
cat('"items": ["', paste(items, collapse = '", "'), '"],\n', sep = "")
cat('"n":', show(d$n), ',\n"mean":', show(d$mean), ',\n"sd":', show(d$sd), ',\n"skew":', show(d$skew), ',\n')
cat('"kurtosis":', show(d$kurtosis), ',\n"item_total":', show(drop), ',\n')
cat('"scores":', show(as.vector(t(scores[1:40, ]))), ',\n"score_means":', show(colMeans(scores, na.rm = TRUE)), ',\n')
cat('"r":', show(as.vector(pairs$r)), ',\n"r_n":', show(as.vector(pairs$n)), ',\n"r_p":', show(as.vector(pairs$p)), ',\n')
sp <- cor(keyed[, 1:5], use = "pairwise", method = "spearman")
cat('"spearman":', show(as.vector(sp)), "\n}\n")
