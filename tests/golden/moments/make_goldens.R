# Makes moments.json with R 4.2 and lavaan 0.6-14: Rscript tests/golden/moments/make_goldens.R
# Covariances are written as lower triangles, row by row.
suppressMessages({ library(lavaan); library(jsonlite) })

lower <- function(square) as.numeric(t(unclass(square))[upper.tri(square, diag = TRUE)])
model <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
hs <- read.csv("tests/data/hs.csv")
gaps <- read.csv("tests/data/hs_gaps.csv")
hs$w <- gaps$w <- 0.5 + (seq_len(nrow(hs)) %% 7) / 3

moments <- function(...) {
  fit <- cfa(model, ..., meanstructure = TRUE, em.h1.tol = 1e-14, em.h1.iter.max = 20000)
  stats <- lavInspect(fit, "sampstat")
  if (!is.null(stats$cov)) stats <- list(stats)
  list(
    n = as.numeric(unlist(fit@SampleStats@nobs)),
    covariance = unname(lapply(stats, function(of) lower(of$cov))),
    mean = unname(lapply(stats, function(of) as.numeric(of$mean))),
    log_likelihood = unname(fitMeasures(fit)["unrestricted.logl"])
  )
}
gamma <- function(means) {
  fit <- cfa("visual =~ x1 + x2 + x3\nvisual ~ x7", hs, estimator = "WLS", meanstructure = means, fixed.x = FALSE)
  order <- lavInspect(fit, "gamma")
  list(names = rownames(order), values = lower(order))
}
cases <- list(
  hs = moments(hs),
  gaps = moments(gaps, missing = "ml"),
  gaps_schools = moments(gaps, missing = "ml", group = "school"),
  gaps_weighted = moments(gaps, missing = "ml", sampling.weights = "w"),
  gaps_schools_weighted = moments(gaps, missing = "ml", group = "school", sampling.weights = "w"),
  weighted = moments(hs, sampling.weights = "w"),
  schools_weighted = moments(hs, group = "school", sampling.weights = "w"),
  listwise_schools_weighted = moments(gaps, group = "school", sampling.weights = "w"),
  asymptotic = gamma(FALSE),
  asymptotic_means = gamma(TRUE)
)
write_json(cases, "tests/golden/moments/moments.json", digits = NA, auto_unbox = TRUE, pretty = FALSE)
