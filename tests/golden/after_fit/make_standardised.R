# Makes standardised.json: standardizedSolution() of each type with its standard errors, and parameterEstimates().
#   Rscript tests/golden/after_fit/make_standardised.R
source("tests/golden/after_fit/fits.R")

invariant <- c("loadings", "intercepts")
growth_with <- paste0(growth_curve, "i ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4\n")
grouped_paths <- paste0(hs, "speed ~ c(a1, a2)*visual + c(b1, b2)*textual\ntextual ~ c(d1, d2)*visual\n",
  "indirect1 := d1*b1\nindirect2 := d2*b2\ndifference := indirect1 - indirect2\n")
cases <- list(
  list("hs_ml", hs, "hs"),
  list("hs_std_lv", hs, "hs", list(std.lv = TRUE)),
  list("hs_mlr", hs, "hs", list(estimator = "MLR")),
  list("hs_gaps_fiml", hs, "hs_gaps", list(missing = "ml")),
  list("hs_second_order", second_order, "hs"),
  list("hs_scalar", hs, "hs", list(group = "school", group.equal = invariant)),
  list("hs_scalar_mlr", hs, "hs", list(estimator = "MLR", group = "school", group.equal = invariant)),
  list("hs_grouped_paths", grouped_paths, "hs", list(group = "school")),
  list("hs_definitions", paste0(hs, "speed ~ a*visual + b*textual\ntextual ~ c*visual\nindirect := c*b\n",
    "total := a + indirect\nratio := indirect/total\n"), "hs"),
  list("democracy_ml", democracy, "democracy"),
  list("democracy_equal_loadings", democracy_equal, "democracy"),
  list("mimic", mimic, "hs"),
  list("mimic_random", mimic, "hs", list(fixed.x = FALSE)),
  list("mimic_means", mimic, "hs", list(meanstructure = TRUE)),
  list("mimic_grouped", mimic, "hs", list(group = "school")),
  list("observed_paths", "x7 ~ x1 + x2\nx8 ~ x7 + x3\nx9 ~ x7 + x1\n", "hs"),
  list("mediation", mediation, "mediation"),
  list("mediation_mlr", mediation, "mediation", list(estimator = "MLR")),
  list("growth", growth_curve, "growth", list(), "growth"),
  list("growth_covariates", growth_with, "growth", list(), "growth"))

records <- lapply(cases, function(case) {
  case <- c(case, list(list(), "sem")[seq_len(5 - length(case)) + length(case) - 3])
  cat(case[[1]], "")
  fit <- polished(case[[2]], read_data(case[[3]]), case[[4]], case[[5]])
  rows <- subset(parameterEstimates(fit, standardized = TRUE, remove.eq = FALSE), op != "==")
  rows$block <- NULL
  numbers <- list(est = rows)
  for (type in c("std.all", "std.lv", "std.nox")) numbers[[type]] <- subset(standardizedSolution(fit, type = type), op != "==")
  record(case[[1]], paste0(written_call(case[[5]], case[[4]]), "; parameterEstimates(fit, standardized = TRUE); ",
    "standardizedSolution(fit, type)"), case[[3]], case[[2]], case[[4]], numbers)
})
save_records(records, "standardised.json")
