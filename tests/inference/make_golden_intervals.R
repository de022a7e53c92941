# Bootstrap intervals of the boot package on the rows it drew: Rscript tests/inference/make_golden_intervals.R
# The ratio of the means of two columns of `city` (Davison & Hinkley, 1997, example 2.8), with its delta-method
# variance; drawn from all rows, and within two strata of five rows each.
library(boot)
library(jsonlite)

ratio <- function(data, rows) {
  d <- data[rows, ]
  r <- mean(d$x) / mean(d$u)
  c(r, sum((d$x - r * d$u)^2) / (nrow(d)^2 * mean(d$u)^2))
}

# Efron & Tibshirani (1993, eq. 14.15): about the mean of the values without each row, within strata.
jackknife_of <- function(found) {
  without <- sapply(seq_len(nrow(city)), function(row) ratio(city, setdiff(seq_len(nrow(city)), row))[1])
  (ave(without, found$strata) - without) * (ave(without, found$strata, FUN = length) - 1)
}

limits <- function(found, level) {
  jackknife <- jackknife_of(found)
  of <- function(type, name) tail(boot.ci(found, conf = level, type = type, L = jackknife)[[name]][1, ], 2)
  list(
    level = level,
    percentile = unname(quantile(found$t[, 1], c((1 - level) / 2, (1 + level) / 2), type = 7)),
    basic = of("basic", "basic"),
    student = of("stud", "student"),
    bca = of("bca", "bca")
  )
}

case <- function(seed, draws, strata) {
  set.seed(seed)
  found <- boot(city, ratio, R = draws, strata = strata)
  list(
    strata = strata - 1,
    rows = boot.array(found, indices = TRUE) - 1,
    estimate = found$t0[1],
    standard_error = sqrt(found$t0[2]),
    limits = lapply(c(0.8, 0.9, 0.95), function(level) limits(found, level))
  )
}

golden <- list(
  package = paste("boot", packageVersion("boot")),
  data = city,
  cases = list(case(1, 999, rep(1, 10)), case(2, 500, rep(1:2, each = 5)))
)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write(toJSON(golden, dataframe = "columns", digits = NA, auto_unbox = TRUE), file.path(here, "golden_intervals.json"))
