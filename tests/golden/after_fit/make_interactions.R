# Makes interactions.json: products of factors by product indicators (semTools::indProd, then sem).
#   Rscript tests/golden/after_fit/make_interactions.R
# Double mean centring (Lin, Wen, Marsh and Lin, 2010): indicators are centred, multiplied, and the products centred.
# match = TRUE pairs the k-th indicators (Marsh, Wen and Hau, 2004); every indicator is in one product only, so no
# residuals covary. match = FALSE takes all products, and the residuals of two products covary where they share an
# indicator. The product factor covaries freely with its parts. All of this is written out in `model`.
source("tests/golden/after_fit/fits.R")
suppressMessages(library(semTools))

sharing <- function(pairs) {
  lines <- character(0)
  for (i in seq_len(nrow(pairs) - 1)) for (j in (i + 1):nrow(pairs))
    if (length(intersect(pairs[i, ], pairs[j, ])) > 0)
      lines <- c(lines, paste(paste(pairs[i, ], collapse = "."), "~~", paste(pairs[j, ], collapse = ".")))
  paste0(paste(lines, collapse = "\n"), "\n")
}
matched <- function(first, second) cbind(first, second)
crossed <- function(first, second) as.matrix(expand.grid(second, first, stringsAsFactors = FALSE))[, 2:1]
squares <- function(items) cbind(items, items)
all_squares <- function(items) do.call(rbind, lapply(seq_along(items), function(i) cbind(items[i], items[i:length(items)])))
named <- function(pairs) paste(pairs[, 1], pairs[, 2], sep = ".")
measure <- function(factor, items) paste0(factor, " =~ ", paste(items, collapse = " + "), "\n")

v <- paste0("x", 1:3); t <- paste0("x", 4:6)
n <- paste0("N", 1:4); a <- paste0("A", 2:5)
bfi <- "neuro =~ N1 + N2 + N3 + N4\nagree =~ A2 + A3 + A4 + A5\nextra =~ E3 + E4 + E5\n"
cases <- list(
  list("hs_matched", "hs", hs, matched(v, t), "visualXtextual", "speed ~ visual + textual + visualXtextual\n", FALSE),
  list("hs_all_products", "hs", hs, crossed(v, t), "visualXtextual", "speed ~ visual + textual + visualXtextual\n", TRUE),
  list("hs_square_matched", "hs", hs, squares(v), "visualXvisual", "speed ~ visual + textual + visualXvisual\n", FALSE),
  list("hs_square_all_products", "hs", hs, all_squares(v), "visualXvisual", "speed ~ visual + textual + visualXvisual\n", TRUE),
  list("hs_matched_mlr", "hs", hs, matched(v, t), "visualXtextual", "speed ~ visual + textual + visualXtextual\n", FALSE,
    list(estimator = "MLR")),
  list("hs_matched_means", "hs", hs, matched(v, t), "visualXtextual", "speed ~ visual + textual + visualXtextual\n", FALSE,
    list(meanstructure = TRUE)),
  list("bfi_matched", "bfi", bfi, matched(n, a), "neuroXagree", "extra ~ neuro + agree + neuroXagree\n", FALSE),
  list("bfi_matched_mlr", "bfi", bfi, matched(n, a), "neuroXagree", "extra ~ neuro + agree + neuroXagree\n", FALSE,
    list(estimator = "MLR")))

records <- lapply(cases, function(case) {
  pairs <- case[[4]]
  options <- if (length(case) > 7) case[[8]] else list()
  items <- unique(c(unlist(regmatches(case[[3]], gregexpr("[A-Za-z]+[0-9]+", case[[3]])))))
  items <- setdiff(items, c("visual", "textual", "speed"))
  data <- read_data(case[[2]])
  data <- data[complete.cases(data[items]), ]
  centred <- scale(data[items], scale = FALSE)
  products <- scale(centred[, pairs[, 1]] * centred[, pairs[, 2]], scale = FALSE)
  colnames(products) <- named(pairs)
  # the same as semTools' own, wherever it makes them
  if (!any(pairs[, 1] %in% pairs[, 2])) {
    theirs <- indProd(data, var1 = unique(pairs[, 1]), var2 = unique(pairs[, 2]), match = !case[[7]], meanC = TRUE,
      residualC = FALSE, doubleMC = TRUE)
    stopifnot(all(colnames(products) %in% names(theirs)), max(abs(theirs[colnames(products)] - products)) < 1e-10)
  }
  data <- cbind(data, products)
  model <- paste0(case[[3]], measure(case[[5]], named(pairs)), case[[6]], if (case[[7]]) sharing(pairs))
  cat(case[[1]], "")
  fit <- polished(model, data, options)
  record(case[[1]], paste0("indProd(data, match = ", !case[[7]], ", doubleMC = TRUE); ", written_call("sem", options)),
    case[[2]], model, options, list(products = list(names = I(named(pairs)), pairs = lapply(seq_len(nrow(pairs)), function(i) I(as.character(pairs[i, ])))),
      rows = nrow(data), first_products = unname(products[1:3, ]),
      fit = unclass(fitMeasures(fit, c("npar", "chisq", "df", "pvalue", "cfi", "rmsea", "srmr"))),
      est = as.data.frame(unclass(estimates(fit))),
      std.all = as.data.frame(unclass(subset(standardizedSolution(fit), op != "==")))), 
    version = "lavaan 0.6-14, semTools 0.5-6")
})
save_records(records, "interactions.json")
