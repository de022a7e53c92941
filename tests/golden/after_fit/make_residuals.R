# Makes residuals.json: lavaan's residuals() of every type, and lavResiduals() in full.
#   Rscript tests/golden/after_fit/make_residuals.R
source("tests/golden/after_fit/fits.R")

cases <- list(
  list("hs_ml", hs, "hs"),
  list("hs_means", hs, "hs", list(meanstructure = TRUE)),
  list("hs_observed_information", hs, "hs", list(information = "observed")),
  list("hs_wishart", hs, "hs", list(likelihood = "wishart")),
  list("hs_mlr", hs, "hs", list(estimator = "MLR")),
  list("hs_mlm", hs, "hs", list(estimator = "MLM")),
  list("hs_gls", hs, "hs", list(estimator = "GLS")),
  list("hs_wls", hs, "hs", list(estimator = "WLS")),
  list("hs_gaps_fiml", hs, "hs_gaps", list(missing = "ml")),
  list("hs_gaps_fiml_mlr", hs, "hs_gaps", list(missing = "ml", estimator = "MLR")),
  list("hs_configural", hs, "hs", list(group = "school")),
  list("hs_metric", hs, "hs", list(group = "school", group.equal = "loadings")),
  list("hs_scalar", hs, "hs", list(group = "school", group.equal = c("loadings", "intercepts"))),
  list("hs_scalar_mlr", hs, "hs", list(estimator = "MLR", group = "school", group.equal = c("loadings", "intercepts"))),
  list("hs_gaps_scalar", hs, "hs_gaps", list(missing = "ml", group = "school", group.equal = c("loadings", "intercepts"))),
  list("democracy_ml", democracy, "democracy"),
  list("democracy_equal_loadings", democracy_equal, "democracy"),
  list("mimic", mimic, "hs"),
  list("mimic_random", mimic, "hs", list(fixed.x = FALSE)),
  list("mimic_means", mimic, "hs", list(meanstructure = TRUE)),
  list("growth", growth_curve, "growth", list(), "growth"))

# lavResiduals leaves a residual smaller than about 1e-4 undivided in z; here z is residual over standard error always.
divided <- function(part) {
  for (what in c("cov", "mean")) if (!is.null(part[[what]])) {
    z <- unclass(part[[what]]) / unclass(part[[paste0(what, ".se")]])
    wrong <- which(unclass(part[[paste0(what, ".se")]]) > 1e-3 & abs(z - unclass(part[[paste0(what, ".z")]])) > 1e-10)
    if (length(wrong)) cat("[", length(wrong), "undivided]")
    part[[paste0(what, ".z")]][wrong] <- z[wrong]
  }
  part
}
# lavResiduals knows "raw", "cor.bollen" and "cor.bentler", each with standard errors and z; residuals() the other two
by_group <- function(result, groups) if (groups == 1) list(result) else unname(result)
full <- function(part) {
  part <- divided(part)
  summary <- lapply(part$summary, function(column) setNames(as.numeric(column), rownames(part$summary)))
  part$type <- part$summary <- NULL
  c(lapply(part, unclass), list(summary = summary))
}
records <- lapply(cases, function(case) {
  case <- c(case, list(list(), "sem")[seq_len(5 - length(case)) + length(case) - 3])
  cat(case[[1]], "")
  fit <- polished(case[[2]], read_data(case[[3]]), case[[4]], case[[5]])
  groups <- lavInspect(fit, "ngroups")
  numbers <- list(groups = I(if (groups > 1) lavInspect(fit, "group.label") else ""))
  for (type in c("raw", "cor.bollen", "cor.bentler"))
    numbers[[type]] <- lapply(by_group(lavResiduals(fit, type = type, se = TRUE), groups), full)
  for (type in c("normalized", "standardized"))
    numbers[[type]] <- lapply(by_group(residuals(fit, type = type), groups), function(part) lapply(part[names(part) != "type"], unclass))
  record(case[[1]], paste0(written_call(case[[5]], case[[4]]),
    "; lavResiduals(fit, type, se = TRUE); residuals(fit, type)"), case[[3]], case[[2]], case[[4]], numbers)
})
save_records(records, "residuals.json")
