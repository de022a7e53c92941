# Makes monte_carlo.json: Monte Carlo intervals of indirect effects (semTools::monteCarloCI), and their limits without
# Monte Carlo error.
#   Rscript tests/golden/after_fit/make_monte_carlo.R
# Estimates are drawn from a normal distribution with their covariance matrix (MacKinnon, Lockwood and Williams, 2004);
# percentiles of the function. `exact` are the quantiles of a product of two normals by numerical integration.
source("tests/golden/after_fit/fits.R")
suppressMessages(library(semTools))

paths <- paste0(hs, "speed ~ p*visual + q*textual\ntextual ~ r*visual\nindirect := r*q\ntotal := p + r*q\n")
cases <- list(
  list("mediation", mediation, "mediation", list(), c(ab = "a*b", total = "c + a*b"), list(ab = c("a", "b"))),
  list("mediation_mlr", mediation, "mediation", list(estimator = "MLR"), c(ab = "a*b", total = "c + a*b"), list(ab = c("a", "b"))),
  list("hs_paths", paths, "hs", list(), c(indirect = "r*q", total = "p + r*q"), list(indirect = c("r", "q"))),
  list("democracy", paste0(democracy_measured, "dem60 ~ a*ind60\ndem65 ~ c*ind60 + b*dem60\nindirect := a*b\n", democracy_residuals),
    "democracy", list(), c(indirect = "a*b"), list(indirect = c("a", "b"))))
below <- function(t, mean, V) integrate(function(u) {
  spread <- sqrt(V[2, 2] - V[1, 2]^2 / V[1, 1])
  centre <- mean[2] + V[1, 2] / V[1, 1] * (u - mean[1])
  p <- pnorm(t / u, centre, spread)
  dnorm(u, mean[1], sqrt(V[1, 1])) * ifelse(u > 0, p, 1 - p)
}, mean[1] - 9 * sqrt(V[1, 1]), 0, rel.tol = 1e-12, subdivisions = 5000)$value + integrate(function(u) {
  spread <- sqrt(V[2, 2] - V[1, 2]^2 / V[1, 1])
  centre <- mean[2] + V[1, 2] / V[1, 1] * (u - mean[1])
  dnorm(u, mean[1], sqrt(V[1, 1])) * pnorm(t / u, centre, spread)
}, 0, mean[1] + 9 * sqrt(V[1, 1]), rel.tol = 1e-12, subdivisions = 5000)$value
exact <- function(fit, names, level) {
  mean <- coef(fit)[names]; V <- vcov(fit)[names, names]
  se <- sqrt(mean[1]^2 * V[2, 2] + mean[2]^2 * V[1, 1] + 2 * prod(mean) * V[1, 2])
  sapply(c((1 - level) / 2, (1 + level) / 2), function(p) uniroot(function(t) below(t, mean, V) - p,
    prod(mean) + c(-8, 8) * se, tol = 1e-12)$root)
}
set.seed(9)
records <- lapply(cases, function(case) {
  cat(case[[1]], "")
  fit <- polished(case[[2]], read_data(case[[3]]), case[[4]])
  used <- unique(unlist(regmatches(case[[5]], gregexpr("[a-z]+", case[[5]]))))
  intervals <- lapply(c(0.95, 0.9), function(level) {
    # ten runs of a million: their mean, and its own error
    runs <- lapply(1:10, function(i) as.matrix(monteCarloCI(expr = case[[5]], coefs = coef(fit)[used],
      ACM = vcov(fit)[used, used], nRep = 1e6, level = level)))
    ends <- grep("ci", colnames(runs[[1]]))
    mean <- Reduce(`+`, runs) / 10
    error <- sqrt(Reduce(`+`, lapply(runs, function(r) (r - mean)^2)) / 9 / 10)
    list(level = level, estimate = setNames(mean[, "est"], rownames(mean)), low = setNames(mean[, ends[1]], rownames(mean)),
      high = setNames(mean[, ends[2]], rownames(mean)), error_of_low = setNames(error[, ends[1]], rownames(mean)),
      error_of_high = setNames(error[, ends[2]], rownames(mean)),
      exact = lapply(case[[6]], function(names) exact(fit, names, level)))
  })
  print(intervals[[1]])
  record(case[[1]], paste0(written_call("sem", case[[4]]), "; monteCarloCI(expr, coefs, ACM, nRep = 1e6), ten times"),
    case[[3]], case[[2]], case[[4]], list(expressions = case[[5]], coefficients = coef(fit)[used], covariance =
      unclass(vcov(fit)[used, used]), intervals = intervals), version = "lavaan 0.6-14, semTools 0.5-6")
})
save_records(records, "monte_carlo.json")
