# Medians of lavaan's times in seconds, one line of JSON: Rscript benchmarks/lavaan.R <folder of data> <wide data>
suppressMessages({ library(lavaan); library(jsonlite) })
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], paste0(name, ".csv")))
models <- fromJSON(file.path(arguments[1], "..", "..", "benchmarks", "models.json"))
hs <- read("hs"); gaps <- read("hs_gaps"); democracy <- read("democracy"); mediation <- read("mediation")
wide <- read.csv(arguments[2])
seconds <- function(work, runs) {
  work()
  median(vapply(seq_len(runs), function(i) system.time(work())[["elapsed"]], numeric(1)))
}
whole <- function(call) function() {
  fit <- call()
  fitMeasures(fit)
  standardizedSolution(fit)
}
draws <- function(fit, n) system.time(bootstrapLavaan(fit, R = n, FUN = coef))[["elapsed"]] * 1000 / n
found <- list(
  hs = seconds(whole(function() cfa(models$hs, hs)), 7),
  democracy = seconds(whole(function() sem(models$democracy, democracy)), 7),
  fiml = seconds(whole(function() cfa(models$hs, gaps, missing = "ml")), 3),
  wide = seconds(whole(function() cfa(models$wide, wide)), 1),
  mediation_draws = draws(sem(models$mediation, mediation), 100),
  democracy_draws = suppressWarnings(draws(sem(models$democracy, democracy), 100)),
  version = as.character(packageVersion("lavaan"))
)
cat(toJSON(found, auto_unbox = TRUE, digits = NA))
