# Makes modification_indices.json: every row of lavaan's modindices().
#   Rscript tests/golden/after_fit/make_modification_indices.R
# For a variance lavaan's standardised changes are the standardised variance itself with the sign of the change, not the
# change; they are left out (null).
source("tests/golden/after_fit/fits.R")

paths <- "x7 ~ x1 + x2\nx8 ~ x7 + x3\nx9 ~ x7 + x1\n"
growth_with <- paste0(growth_curve, "i ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4\n")
same <- function(...) c(list(group = "school"), list(group.equal = c(...)))
# name, model, data, options of the fit, arguments of modindices, verb
cases <- list(
  list("hs_ml", hs, "hs"),
  list("hs_ml_free_too", hs, "hs", list(), list(free.remove = FALSE)),
  list("hs_std_lv", hs, "hs", list(std.lv = TRUE)),
  list("hs_means", hs, "hs", list(meanstructure = TRUE)),
  list("hs_wishart", hs, "hs", list(likelihood = "wishart")),
  list("hs_observed_information", hs, "hs", list(information = "observed")),
  list("hs_mlr", hs, "hs", list(estimator = "MLR")),
  list("hs_mlm", hs, "hs", list(estimator = "MLM")),
  list("hs_gls", hs, "hs", list(estimator = "GLS")),
  list("hs_wls", hs, "hs", list(estimator = "WLS")),
  list("hs_uls", hs, "hs", list(estimator = "ULS")),
  list("hs_gaps_fiml", hs, "hs_gaps", list(missing = "ml")),
  list("hs_gaps_fiml_mlr", hs, "hs_gaps", list(missing = "ml", estimator = "MLR")),
  list("hs_configural", hs, "hs", list(group = "school")),
  list("hs_metric", hs, "hs", same("loadings")),
  list("hs_metric_free_too", hs, "hs", same("loadings"), list(free.remove = FALSE)),
  list("hs_scalar", hs, "hs", same("loadings", "intercepts")),
  list("hs_scalar_free_too", hs, "hs", same("loadings", "intercepts"), list(free.remove = FALSE)),
  list("hs_gaps_metric", hs, "hs_gaps", c(same("loadings"), list(missing = "ml"))),
  list("hs_equal_labels", "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nx1 ~~ e*x1\nx2 ~~ e*x2\n",
    "hs"),
  list("hs_equal_labels_free_too",
    "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nx1 ~~ e*x1\nx2 ~~ e*x2\n", "hs",
    list(), list(free.remove = FALSE)),
  list("hs_fixed_values", paste0(hs, "visual ~~ 1*visual\ntextual ~~ 0.5*textual\nx1 ~~ 0.3*x1\n"), "hs"),
  list("hs_zero_covariance", paste0(hs, "visual ~~ 0*speed\ntextual ~~ 0*speed\n"), "hs"),
  list("hs_second_order", second_order, "hs"),
  list("hs_regressions", paste0(hs, "textual ~ visual\nspeed ~ visual\n"), "hs"),
  list("democracy_ml", democracy, "democracy"),
  list("democracy_no_residuals", paste0(democracy_measured, democracy_paths), "democracy"),
  list("democracy_equal_loadings", democracy_equal, "democracy"),
  list("democracy_equal_loadings_free_too", democracy_equal, "democracy", list(), list(free.remove = FALSE)),
  list("mimic", mimic, "hs"),
  list("mimic_random", mimic, "hs", list(fixed.x = FALSE)),
  list("mimic_means", mimic, "hs", list(meanstructure = TRUE)),
  list("observed_paths", paths, "hs"),
  list("mediation_full", "M ~ a*X\nY ~ b*M\nab := a*b\n", "mediation"),
  list("growth", growth_curve, "growth", list(), list(), "growth"),
  list("growth_covariates", growth_with, "growth", list(), list(), "growth"))

fits <- list()
records <- lapply(cases, function(case) {
  case <- c(case, list(list(), list(), "sem")[seq_len(6 - length(case)) + length(case) - 3])
  cat(case[[1]], "")
  fit <- polished(case[[2]], read_data(case[[3]]), case[[4]], case[[6]])
  asked <- paste0("; modindices(fit", if (length(case[[5]])) ", free.remove = FALSE", ")")
  rows <- do.call(modindices, c(list(fit), case[[5]]))
  rows$block <- rows$level <- NULL
  rows[rows$op == "~~" & rows$lhs == rows$rhs, c("sepc.lv", "sepc.all", "sepc.nox")] <- NA
  record(case[[1]], paste0(written_call(case[[6]], case[[4]]), asked), case[[3]], case[[2]], case[[4]],
    list(free_too = length(case[[5]]) > 0, chisq = fitMeasures(fit, "chisq")[[1]], rows = rows))
})
save_records(records, "modification_indices.json")
