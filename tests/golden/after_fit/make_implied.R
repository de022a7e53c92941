# Makes implied.json: implied moments, moments of the factors, covariances of the estimates and of defined parameters, R2.
#   Rscript tests/golden/after_fit/make_implied.R
source("tests/golden/after_fit/fits.R")

grouped <- paste0(hs, "speed ~ c(p1, p2)*visual + textual\ntextual ~ c(r1, r2)*visual\nd := p1 - p2\nr := r1*p1\n")
scalar <- list(group = "school", group.equal = c("loadings", "intercepts"))
cases <- list(
  list("hs_ml", hs, "hs"),
  list("hs_means", hs, "hs", list(meanstructure = TRUE)),
  list("hs_std_lv", hs, "hs", list(std.lv = TRUE)),
  list("hs_gaps_fiml", hs, "hs_gaps", list(missing = "ml")),
  list("hs_mlr", hs, "hs", list(estimator = "MLR")),
  list("hs_scalar", hs, "hs", scalar),
  list("hs_gaps_scalar", hs, "hs_gaps", c(scalar, list(missing = "ml"))),
  list("hs_second_order", second_order, "hs"),
  list("hs_grouped_paths", grouped, "hs", list(group = "school")),
  list("democracy", democracy, "democracy"),
  list("democracy_equal_loadings", democracy_equal, "democracy"),
  list("mediation", mediation, "mediation"),
  list("mediation_mlr", mediation, "mediation", list(estimator = "MLR")),
  list("mimic", mimic, "hs"),
  list("mimic_means", mimic, "hs", list(meanstructure = TRUE)),
  list("observed_paths", "x7 ~ x1 + x2\nx8 ~ x7 + x3\nx9 ~ x7 + x1\n", "hs"),
  list("growth", growth_curve, "growth", list(), "growth"),
  list("growth_covariates", paste0(growth_curve, "i ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4\n"), "growth",
    list(), "growth"))
records <- lapply(cases, function(case) {
  case <- c(case, list(list(), "sem")[seq_len(5 - length(case)) + length(case) - 3])
  cat(case[[1]], "")
  fit <- polished(case[[2]], read_data(case[[3]]), case[[4]], case[[5]])
  groups <- lavInspect(fit, "ngroups")
  by_group <- function(what) {
    x <- lavInspect(fit, what)
    lapply(if (groups == 1) list(x) else unname(x), function(one) if (is.list(one)) lapply(one, unclass) else unclass(one))
  }
  free <- subset(parTable(fit), free > 0)
  defined <- subset(parTable(fit), op == ":=")
  numbers <- list(groups = I(if (groups > 1) lavInspect(fit, "group.label") else ""), nobs = I(as.numeric(lavInspect(fit, "nobs"))),
    implied = by_group("implied"), sample = by_group("sampstat"), cov.lv = by_group("cov.lv"), cor.lv = by_group("cor.lv"),
    r2 = by_group("rsquare"), theta = by_group("theta"))
  if (lavInspect(fit, "meanstructure")) numbers$mean.lv <- by_group("mean.lv")
  numbers$parameters <- data.frame(lhs = free$lhs, op = free$op, rhs = free$rhs, group = free$group, est = free$est)
  numbers$vcov <- unname(unclass(vcov(fit)))
  if (nrow(defined)) numbers$defined <- list(names = I(defined$lhs), est = I(defined$est),
    vcov = unname(unclass(lavInspect(fit, "vcov.def"))))
  numbers$steepest <- max(abs(slope_of(fit)))
  record(case[[1]], paste0(written_call(case[[5]], case[[4]]), "; lavInspect(fit, what)"), case[[3]], case[[2]], case[[4]], numbers)
})
save_records(records, "implied.json")
