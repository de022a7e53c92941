# Makes the cases of this folder whose `version` is 0.6-14, with R 4.2 and lavaan 0.6-14:
#   Rscript tests/golden/covariance/make_goldens.R
# Each fit is polished, as polish.R says.
source("tests/golden/covariance/polish.R")

folder <- "tests/golden/covariance"
hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"
democracy_measured <- "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
democracy_paths <- "dem60 ~ ind60\ndem65 ~ ind60 + dem60\n"
democracy_residuals <- "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8\n"
mobile <- paste(readLines("models/mobile.sem"), collapse = "\n")
mobile_ecsi <- paste(readLines("models/mobile_ecsi.sem"), collapse = "\n")

# name, model, data, options: lavaan's options; ours where they are written differently
cases <- list(
  list("democracy_equal_loadings", paste0("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + a*y2 + b*y3 + c*y4\n",
    "dem65 =~ y5 + a*y6 + b*y7 + c*y8\n", democracy_paths, democracy_residuals), "democracy", list()),
  list("mimic", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + ageyr\ntextual ~ sex + ageyr",
    "hs", list()),
  list("mimic_random", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + ageyr\ntextual ~ sex + ageyr",
    "hs", list(fixed.x = FALSE)),
  list("mimic_means", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + ageyr\ntextual ~ sex + ageyr",
    "hs", list(meanstructure = TRUE)),
  list("mimic_random_means", "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr\nx3 ~ sex",
    "hs", list(meanstructure = TRUE, fixed.x = FALSE)),
  list("covariate_with_gap", "visual =~ x1 + x2 + x3\nvisual ~ grade", "hs", list()),
  list("covariates_partly_random", "x7 ~ x1 + x2 + x3\nx8 ~ x1\nx2 ~~ x1", "hs", list()),
  list("observed_paths", "x7 ~ x1 + x2\nx8 ~ x7 + x3\nx9 ~ x7 + x1", "hs", list()),
  list("observed_loop", "x1 ~ x2 + x4\nx2 ~ x1 + x5\nx1 ~~ x2", "hs", list()),
  list("residual_covariances", paste0(hs, "x7 ~~ x8\nx4 ~~ x1"), "hs", list()),
  list("observed_outcome", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nx9 ~ visual + textual + sex", "hs",
    list()),
  list("single_indicator",
    "visual =~ x1 + x2 + x3\nverbal =~ x4\nspeed =~ x7 + x8 + x9\nspeed ~ visual + verbal", "hs", list()),
  list("two_outcomes", paste0(hs, "textual ~ visual\nspeed ~ visual"), "hs", list()),
  list("mixed_outcomes", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nx8 ~ visual\nx7 ~ visual + sex\ntextual ~ visual",
    "hs", list()),
  list("democracy_measurement", paste0(democracy_measured, democracy_residuals), "democracy", list()),
  list("democracy_std_lv", paste0(democracy_measured, democracy_paths, democracy_residuals), "democracy",
    list(std.lv = TRUE)),
  list("freed_marker", "visual =~ NA*x1 + x2 + x3\nvisual ~~ 1*visual\ntextual =~ x4 + x5 + x6\ntextual ~ visual",
    "hs", list()),
  list("start_values", "visual =~ x1 + start(0.5)*x2 + start(0.7)*x3\ntextual =~ x4 + x5 + start(0.9)*lab*x6\ntextual ~~ start(0.1)*visual",
    "hs", list()),
  list("fixed_and_equal", "visual =~ a*x1 + a*x2 + x3\ntextual =~ x4 + 1.1*x5 + b*x6\nspeed =~ x7 + b*x8 + x9\nspeed ~~ 0*visual",
    "hs", list()),
  list("definitions", paste0(hs, "speed ~ a*visual + b*textual\ntextual ~ c*visual\nx1 ~~ e*x1\nx2 ~~ e*x2\n",
    "indirect := c*b\ntotal := a + indirect\nratio := indirect/total\ngrown := exp(a) - log(c)^2*sqrt(e)\n",
    "odd := -a^2 + 2^-1*b\nfrom_equal := e*a"), "hs", list()),
  list("second_order_structure", paste0(hs, "g =~ visual + textual + speed\ng ~ sex + ageyr"), "hs", list()),
  list("growth_covariates", paste0("i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\ni ~ x1 + x2\ns ~ x1 + x2\n",
    "t1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4\nt1 ~ 0*1\nt2 ~ 0*1\nt3 ~ 0*1\nt4 ~ 0*1\ni ~ 1\ns ~ 1"), "growth", list()),
  list("mobile", mobile, "mobile", list()),
  list("mobile_ecsi", mobile_ecsi, "mobile", list())
)

rows <- function(frame, names) lapply(seq_len(nrow(frame)), function(i) as.list(frame[i, names]))
indices <- c("npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "baseline.pvalue", "cfi", "tli", "rmsea",
  "rmsea.ci.lower", "rmsea.ci.upper", "rmsea.pvalue", "srmr", "aic", "bic", "bic2", "logl", "unrestricted.logl", "ntotal")

for (case in cases) {
  data <- read.csv(file.path("tests/data", paste0(case[[3]], ".csv")))
  fit <- polished("sem", case[[2]], data, case[[4]])$fit
  est <- subset(parameterEstimates(fit, remove.eq = TRUE), op != "==")
  std <- subset(standardizedSolution(fit), op != "==")
  options <- setNames(case[[4]], gsub(".", "_", names(case[[4]]), fixed = TRUE))
  record <- list(
    version = unbox("lavaan 0.6-14"),
    call = unbox(paste0("sem(model, data", if (length(case[[4]])) ", ", paste(names(case[[4]]), case[[4]], sep = "=", collapse = ", "),
      "), then polished")),
    data = unbox(case[[3]]), model = unbox(case[[2]]), options = lapply(options, unbox),
    converged = unbox(lavInspect(fit, "converged")),
    fit = lapply(as.list(fitMeasures(fit, indices)), unbox),
    est = lapply(rows(est, c("lhs", "op", "rhs", "est", "se", "z", "pvalue", "ci.lower", "ci.upper")), function(r) lapply(r, unbox)),
    std = lapply(rows(std, c("lhs", "op", "rhs", "est.std", "se", "z", "pvalue")), function(r) lapply(r, unbox)),
    r2 = lapply(as.list(lavInspect(fit, "rsquare")), unbox))
  if (length(record$options) == 0) record$options <- setNames(list(), character(0))
  write(toJSON(record, digits = NA, pretty = 1, na = "null"), file.path(folder, paste0(case[[1]], ".json")))
  cat(case[[1]], lavInspect(fit, "converged"), fitMeasures(fit, "chisq"), "\n")
}
