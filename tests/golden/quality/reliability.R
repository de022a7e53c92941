# Made the numbers in reliability.json: Rscript reliability.R > reliability.json (R 4.2, lavaan 0.6-14, semTools 0.5-6, psych 2.2.9)
# obs.var = FALSE: the denominator is the implied variance of the sum, as in Raykov (2001); the default takes the observed one.
suppressMessages({library(lavaan); library(semTools); library(psych); library(jsonlite)})
hs <- read.csv("../../data/hs.csv")
mobile <- read.csv("../../data/mobile.csv")
blocks <- list(
  hs = list(visual = paste0("x", 1:3), textual = paste0("x", 4:6), speed = paste0("x", 7:9)),
  mobile = list(Image = paste0("IMAG", 1:5), Expectation = paste0("CUEX", 1:3), Value = paste0("PERV", 1:2),
                Satisfaction = paste0("CUSA", 1:3), Loyalty = paste0("CUSL", 1:3)))
out <- list()
for (name in names(blocks)) {
  d <- get(name); b <- blocks[[name]]
  m <- paste(sapply(names(b), function(k) paste(k, "=~", paste(b[[k]], collapse = "+"))), collapse = "\n")
  fit <- suppressWarnings(cfa(m, d))
  al <- sapply(b, function(items) {a <- suppressWarnings(alpha(d[, items], warnings = FALSE)); c(a$total$raw_alpha, a$feldt$lower.ci[[1]], a$feldt$upper.ci[[1]])})
  std <- standardizedSolution(fit); std <- std[std$op == "=~", ]
  out[[name]] <- list(model = m, alpha = as.list(as.data.frame(al)), omega = as.list(compRelSEM(fit, obs.var = FALSE)),
    ave_std = lapply(split(std$est.std^2, std$lhs), mean))
}
cat(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = TRUE))
