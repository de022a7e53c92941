# Makes the cases about estimators, groups, gaps and constraints, with R 4.2 and lavaan 0.6-14:
#   Rscript tests/golden/covariance/make_estimators.R [part of a name ...]
# The data files that it needs beside those with a source of their own are written first, by the rules below.
source("tests/golden/covariance/polish.R")
wanted <- commandArgs(TRUE)

## Data --------------------------------------------------------------------------------------------------------------
keep <- function(frame, name) {
  file <- file.path("tests/data", paste0(name, ".csv"))
  if (!file.exists(file)) write.csv(frame, file, row.names = FALSE, na = "")
}
tests <- paste0("x", 1:9)
pupils <- table_of("hs")
i <- seq_len(nrow(pupils))

age <- round(pupils$ageyr + pupils$agemo / 12, 4)
age[i %% 23 == 0] <- NA
keep(cbind(table_of("hs_gaps"), pupils[c("sex", "ageyr")], age = age), "hs_gaps_covariates")
keep(cbind(cohort = ifelse(pupils$ageyr <= 12, "young", ifelse(pupils$ageyr == 13, "middle", "old")),
  pupils[c("school", "sex", "ageyr", tests)]), "hs_three")
keep(cbind(pupils[c("school", "sex", "ageyr", tests)], w = 0.5 + ((i * 5) %% 7 + i %% 4) / 4,
  cluster = as.integer(factor(paste(pupils$school, pupils$agemo)))), "hs_weighted")
scaled <- function(frame) { frame$x1 <- frame$x1 * 1000; frame$x9 <- frame$x9 / 1000; frame }
keep(cbind(table_of("hs_gaps"), table_of("hs_weighted")[c("w", "cluster")]), "hs_gaps_weighted")
keep(scaled(pupils[c("school", tests)]), "hs_badly_scaled")
keep(scaled(table_of("hs_gaps")[c("school", tests)]), "hs_gaps_badly_scaled")
nations <- as.matrix(table_of("democracy"))
nations[outer(seq_len(nrow(nations)), seq_len(ncol(nations)), function(i, j) (i * j + i + j) %% 11 == 0)] <- NA
keep(as.data.frame(nations), "democracy_gaps")
people <- table_of("growth")
people$group <- ifelse(seq_len(nrow(people)) %% 3 == 0, "b", "a")
keep(people, "growth_groups")
j <- seq_len(nrow(people))
people$t2[j %% 7 == 0] <- NA
people$t3[j %% 10 == 0] <- NA
people$t4[j %% 5 == 0] <- NA
keep(people, "growth_gaps")

## Models ------------------------------------------------------------------------------------------------------------
hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
second <- paste0(hs, "\ng =~ visual + textual + speed")
mimic <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + ageyr\ntextual ~ sex + ageyr"
mimic_age <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + age\ntextual ~ visual + age"
mimic_test <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ sex + x9\ntextual ~ sex + x9"
paths <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nspeed ~ visual + textual"
democracy <- paste0("ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\ndem60 ~ ind60\n",
  "dem65 ~ ind60 + dem60\ny1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8")
bfi <- paste0("agree =~ A1 + A2 + A3 + A4 + A5\nconscientious =~ C1 + C2 + C3 + C4 + C5\nextravert =~ E1 + E2 + E3 + E4 + E5\n",
  "neurotic =~ N1 + N2 + N3 + N4 + N5\nopen =~ O1 + O2 + O3 + O4 + O5")
line <- "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4"
line_covariates <- paste0(line, "\ni ~ x1 + x2\ns ~ x1 + x2\nt1 ~ c1\nt2 ~ c2\nt3 ~ c3\nt4 ~ c4")
mediation <- "Y ~ c*X\nM ~ a*X\nY ~ b*M\nab := a*b\ntotal := c + (a*b)"

## Cases -------------------------------------------------------------------------------------------------------------
failed <- character(0)
case <- function(name, ...) {
  if (length(wanted) && !any(vapply(wanted, grepl, logical(1), name))) return(invisible())
  tryCatch(golden(name, ...), error = function(e) { failed <<- c(failed, name); cat(name, "FAILED:", conditionMessage(e), "\n") })
  invisible()
}
opt <- function(...) list(...)

# observed covariates
case("mlm_covariates", mimic, "hs", opt(estimator = "MLM"))
case("mlr_covariates", mimic, "hs", opt(estimator = "MLR"))
case("mlm_covariates_means", mimic, "hs", opt(estimator = "MLM", meanstructure = TRUE))
case("mlr_covariates_means", mimic, "hs", opt(estimator = "MLR", meanstructure = TRUE))
case("mlm_covariates_random", mimic, "hs", opt(estimator = "MLM", fixed.x = FALSE))
case("mlr_covariates_random", mimic, "hs", opt(estimator = "MLR", fixed.x = FALSE))
case("fiml_covariates", mimic, "hs_gaps_covariates", opt(missing = "ml"))
case("fiml_mlr_covariates", mimic, "hs_gaps_covariates", opt(missing = "ml", estimator = "MLR"))
random_robust <- c("cfi.robust", "tli.robust", "nnfi.robust", "rni.robust", "rmsea.robust", "rmsea.ci.lower.robust", "rmsea.ci.upper.robust",
  "rmsea.pvalue.robust", "rmsea.notclose.pvalue.robust")
random_note <- paste("lavaan leaves the covariates' own moments out of the trace in the robust indices here, though they are part of the model;",
  "so these are under older.")
case("fiml_covariates_random", mimic, "hs_gaps_covariates", opt(missing = "ml", fixed.x = FALSE), older = random_robust,
  note = random_note)
case("fiml_covariate_gaps", mimic_age, "hs_gaps_covariates", opt(missing = "ml"))
case("fiml_mlr_covariate_gaps", mimic_age, "hs_gaps_covariates", opt(missing = "ml", estimator = "MLR"))
ml_x_note <- paste("The covariates' moments are fixed at EM's, of all variables together. lavaan takes their log-likelihood off as if they had no gaps,",
  "so that its two log-likelihoods do not differ by half of chi-square; those and the criteria from them are under older.")
likelihoods <- c("logl", "unrestricted.logl", "aic", "bic", "bic2")
case("fiml_covariate_gaps_ml_x", mimic_age, "hs_gaps_covariates", opt(missing = "ml.x"), note = ml_x_note, older = likelihoods)
case("fiml_mlr_covariate_gaps_ml_x", mimic_age, "hs_gaps_covariates", opt(missing = "ml.x", estimator = "MLR"), note = ml_x_note, older = likelihoods)
case("fiml_covariate_gaps_random", mimic_age, "hs_gaps_covariates", opt(missing = "ml", fixed.x = FALSE), older = random_robust,
  note = random_note)
case("fiml_mlr_covariate_gaps_random", mimic_age, "hs_gaps_covariates", opt(missing = "ml", fixed.x = FALSE, estimator = "MLR"), older = random_robust,
  note = random_note)
case("mlr_covariate_to_indicator", paste0(mimic, "\nx3 ~ sex\nx1 ~~ x4"), "hs", opt(estimator = "MLR"))

# full information maximum likelihood
case("fiml_mlr", hs, "hs_gaps", opt(missing = "ml", estimator = "MLR"))
case("fiml_expected_information", hs, "hs_gaps", opt(missing = "ml", information = "expected"))
case("fiml_first_order_information", hs, "hs_gaps", opt(missing = "ml", information = "first.order"))
case("fiml_huber_white", hs, "hs_gaps", opt(missing = "ml", se = "robust.huber.white"))
case("fiml_yuan_bentler", hs, "hs_gaps", opt(missing = "ml", test = "yuan.bentler"))
case("fiml_second_order", second, "hs_gaps", opt(missing = "ml"))
case("fiml_mlr_second_order", second, "hs_gaps", opt(missing = "ml", estimator = "MLR"))
case("fiml_std_lv", hs, "hs_gaps", opt(missing = "ml", std.lv = TRUE))
case("fiml_complete_data", hs, "hs", opt(missing = "ml"))
case("fiml_mlr_complete_data", hs, "hs", opt(missing = "ml", estimator = "MLR"))
case("fiml_democracy", democracy, "democracy_gaps", opt(missing = "ml"))
case("fiml_mlr_democracy", democracy, "democracy_gaps", opt(missing = "ml", estimator = "MLR"))
case("fiml_mlr_bfi", bfi, "bfi", opt(missing = "ml", estimator = "MLR"))
case("mlr_bfi_listwise", bfi, "bfi", opt(estimator = "MLR"))

# groups
equal <- function(...) opt(group = "cohort", group.equal = c(...))
case("three_groups_configural", hs, "hs_three", opt(group = "cohort"))
case("three_groups_scalar", hs, "hs_three", equal("loadings", "intercepts"))
case("three_groups_strict", hs, "hs_three", equal("loadings", "intercepts", "residuals"))
case("three_groups_mlr_scalar", hs, "hs_three", c(equal("loadings", "intercepts"), estimator = "MLR"))
case("three_groups_mlm_metric", hs, "hs_three", c(equal("loadings"), estimator = "MLM"))
case("three_groups_latent_equal", hs, "hs_three", equal("loadings", "intercepts", "lv.variances", "lv.covariances", "means"))
case("three_groups_partial", hs, "hs_three", c(equal("loadings", "intercepts"), list(group.partial = c("visual=~x2", "x7~1", "x3~1"))))
case("three_groups_regressions", paths, "hs_three", equal("loadings", "regressions"))
case("three_groups_modifiers", paste0("visual =~ x1 + c(a, a, b)*x2 + c(0.7, NA, NA)*x3\ntextual =~ x4 + c(d, e, f)*x5 + x6\n",
  "visual ~~ c(v, v, w)*textual\nx1 ~ c(m, m, m)*1\ndifference := d - f\nratio := v/w"), "hs_three", opt(group = "cohort"))
case("three_groups_covariates", mimic_test, "hs_three", equal("loadings", "regressions"))
case("three_groups_mlr_covariates", mimic_test, "hs_three", c(equal("loadings"), estimator = "MLR"))
case("three_groups_std_lv_metric", hs, "hs_three", c(equal("loadings"), std.lv = TRUE))
case("three_groups_no_means", hs, "hs_three", c(equal("loadings"), meanstructure = FALSE))
case("groups_mlr_configural", hs, "hs", opt(group = "school", estimator = "MLR"))
case("groups_mlr_strict", hs, "hs", opt(group = "school", estimator = "MLR", group.equal = c("loadings", "intercepts", "residuals")))
case("groups_residual_covariances", paste0(hs, "\nx7 ~~ x8\nx1 ~~ x4"), "hs", opt(group = "school",
  group.equal = c("loadings", "residuals", "residual.covariances")))
case("groups_second_order", second, "hs", opt(group = "school", group.equal = "loadings"))
case("groups_wishart", hs, "hs", opt(group = "school", group.equal = c("loadings", "intercepts"), likelihood = "wishart"))
case("groups_fiml_configural", hs, "hs_gaps", opt(group = "school", missing = "ml"))
case("groups_fiml_scalar", hs, "hs_gaps", opt(group = "school", missing = "ml", group.equal = c("loadings", "intercepts")))
case("groups_fiml_mlr_scalar", hs, "hs_gaps", opt(group = "school", missing = "ml", estimator = "MLR",
  group.equal = c("loadings", "intercepts")))
case("groups_fiml_covariates", mimic, "hs_gaps_covariates", opt(group = "school", missing = "ml", group.equal = "loadings"))


# constraints
constrained <- "visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + c*x5 + d*x6\nspeed =~ x7 + e*x8 + f*x9\n"
case("constraint_linear", paste0(constrained, "a + b == 1.5\nc == 1.2*d"), "hs")
case("constraint_equal_labels", paste0(constrained, "a == b\nc == d\ne == f"), "hs")
case("constraint_fixed_value", paste0(constrained, "a == 0.6"), "hs")
case("constraint_nonlinear", paste0(constrained, "a*b == c^2 - 0.7"), "hs")
case("constraint_mlr_nonlinear", paste0(constrained, "a*b == c^2 - 0.7"), "hs", opt(estimator = "MLR"))
case("constraint_exponential", paste0(constrained, "e == exp(f) - 1.6\nratio := e/f\nproduct := a*e"), "hs")
case("constraint_inactive", paste0(constrained, "a > 0.3\nb < 0.9"), "hs")
case("constraint_active", paste0(constrained, "a > 0.7\nb < 0.9"), "hs")
case("constraint_active_mlr", paste0(constrained, "a > 0.7\nb < 0.9\ntwice := 2*a + b"), "hs", opt(estimator = "MLR"))
case("constraint_mixed", paste0(constrained, "a*b == c^2 - 0.7\na > 0.3\ne < f\nsum := a + b + c\ngap := e - f"), "hs")
case("constraint_linear_mlr", paste0(constrained, "a + b == 1.5\nc == 1.2*d\ntotal := a + c"), "hs", opt(estimator = "MLR"))
case("constraint_linear_mlm", paste0(constrained, "a + b == 1.5\nc == 1.2*d\ntotal := a + c"), "hs", opt(estimator = "MLM"))
case("constraint_fiml", paste0(constrained, "a + b == 1.5\nc == 1.2*d"), "hs_gaps", opt(missing = "ml", estimator = "MLR"))
case("constraint_variances", paste0(hs, "\nx1 ~~ v1*x1\nx2 ~~ v2*x2\nx3 ~~ v3*x3\nv1 > 0\nv2 == v1 + v3"), "hs")
case("constraint_effects_coding", paste0("visual =~ NA*x1 + l1*x1 + l2*x2 + l3*x3\nx1 ~ i1*1\nx2 ~ i2*1\nx3 ~ i3*1\nvisual ~ NA*1\n",
  "textual =~ x4 + x5 + x6\nl1 + l2 + l3 == 3\ni1 + i2 + i3 == 0"), "hs", opt(meanstructure = TRUE))
case("constraint_paths", paste0(hs, "\nspeed ~ p1*visual + p2*textual\np1 == 2*p2"), "hs")
case("constraint_mediation", "Y ~ c*X\nM ~ a*X\nY ~ b*M\nab := a*b\na*b == 0.4\nshare := ab/(ab + c)", "mediation")
grouped <- "visual =~ x1 + c(a1, a2)*x2 + c(b1, b2)*x3\ntextual =~ x4 + c(d1, d2)*x5 + x6\n"
case("constraint_groups_linear", paste0(grouped, "a1 == a2\nb1 + b2 == 1.6\ndifference := d1 - d2"), "hs", opt(group = "school"))
case("constraint_groups_nonlinear", paste0(grouped, "a1*b1 == a2*b2\nd1 > d2\nratio := d1/d2"), "hs", opt(group = "school", estimator = "MLR"))
case("constraint_groups_with_equal", paste0(hs, "\nvisual ~~ c(v1, v2)*visual\nvisual ~~ c(p1, p2)*textual\nv1 == v2\np1 - p2 == 0.1"), "hs",
  opt(group = "school", group.equal = c("loadings", "intercepts")))

# growth
case("growth_mlr", line, "growth", opt(estimator = "MLR"), by = "growth")
case("growth_mlm", line, "growth", opt(estimator = "MLM"), by = "growth")
case("growth_mlr_covariates", line_covariates, "growth", opt(estimator = "MLR"), by = "growth")
case("growth_quadratic", paste0(line, "\nq =~ 0*t1 + 1*t2 + 4*t3 + 9*t4\nq ~~ 0*q\nq ~~ 0*i + 0*s"), "growth", by = "growth")
case("growth_free_times", "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + t2 + t3 + 3*t4\nt1 ~~ v*t1\nt2 ~~ v*t2\nt3 ~~ v*t3\nt4 ~~ v*t4", "growth", by = "growth")
case("growth_groups", line, "growth_groups", opt(group = "group"), by = "growth")
case("growth_groups_equal_means", line, "growth_groups", opt(group = "group", group.equal = c("means", "lv.variances", "lv.covariances")), by = "growth")
case("growth_groups_residuals", line_covariates, "growth_groups", opt(group = "group", group.equal = c("residuals", "regressions")), by = "growth")
case("growth_fiml", line, "growth_gaps", opt(missing = "ml"), by = "growth")
case("growth_fiml_mlr_covariates", line_covariates, "growth_gaps", opt(missing = "ml", estimator = "MLR"), by = "growth")
case("growth_fiml_groups", line, "growth_gaps", opt(missing = "ml", group = "group", group.equal = "residuals"), by = "growth")

# estimators, standard errors and tests
case("mlmv", hs, "hs", opt(estimator = "MLMV"))
case("mlmvs", hs, "hs", opt(estimator = "MLMVS"))
case("mlm_means", hs, "hs", opt(estimator = "MLM", meanstructure = TRUE))
case("mlr_means", hs, "hs", opt(estimator = "MLR", meanstructure = TRUE))
case("mlm_no_means", hs, "hs", opt(estimator = "MLM", meanstructure = FALSE))
case("mlmv_groups", hs, "hs", opt(estimator = "MLMV", group = "school", group.equal = "loadings"))
case("mlmvs_groups", hs, "hs", opt(estimator = "MLMVS", group = "school", group.equal = "loadings"))
case("mlf", hs, "hs", opt(estimator = "MLF"))
case("gls_means", hs, "hs", opt(estimator = "GLS", meanstructure = TRUE))
case("wls_means", hs, "hs", opt(estimator = "WLS", meanstructure = TRUE))
case("gls_groups", hs, "hs", opt(estimator = "GLS", group = "school", group.equal = "loadings"))
case("wls_groups", hs, "hs", opt(estimator = "WLS", group = "school", group.equal = "loadings"))
case("gls_groups_means", hs, "hs", opt(estimator = "GLS", meanstructure = TRUE, group = "school", group.equal = c("loadings", "intercepts")))
case("wls_groups_means", hs, "hs", opt(estimator = "WLS", meanstructure = TRUE, group = "school", group.equal = "loadings"))
random_x <- "Under GLS and WLS lavaan 0.6-14 has no fixed covariates: their moments are estimated and counted."
case("gls_covariates", mimic, "hs", opt(estimator = "GLS"), note = random_x)
case("wls_covariates", mimic, "hs", opt(estimator = "WLS"), note = random_x)
case("gls_democracy", democracy, "democracy", opt(estimator = "GLS"))
case("gls_constraint", paste0(constrained, "a + b == 1.5\ntotal := a + c"), "hs", opt(estimator = "GLS"))
uls_note <- paste("Standard errors, chi-square and the indices from it by the formulas of lavaan 0.7 (normal-theory sandwich; Browne's",
  "residual statistic), computed from lavaan 0.6-14's matrices; 0.6-14 itself reports N - 1 times twice the function, without p-value.")
uls <- function(name, model, ...) case(name, model, "hs", opt(estimator = "ULS", ...), note = uls_note)
uls("uls", hs)
uls("uls_means", hs, meanstructure = TRUE)
uls("uls_constraint", paste0(constrained, "a + b == 1.5\ntotal := a + c"))
uls("uls_equal_residuals", paste0(hs, "\nx1 ~~ v*x1\nx2 ~~ v*x2\nx3 ~~ v*x3"))
uls("uls_groups", hs, group = "school", group.equal = "loadings")
uls("uls_groups_means", hs, group = "school", group.equal = c("loadings", "intercepts"))
case("uls_robust", hs, "hs", opt(estimator = "ULS", se = "robust.sem", test = "satorra.bentler"), older = robust_uls_older,
  note = "The unscaled chi-square is N - 1 times twice the function here, and not Browne's residual statistic as in lavaan 0.7; so it is under older.")
case("ml_robust_sem", hs, "hs", opt(se = "robust.sem"))
case("ml_huber_white", hs, "hs", opt(se = "robust.huber.white"))
case("ml_satorra_bentler", hs, "hs", opt(test = "satorra.bentler"))
case("ml_yuan_bentler", hs, "hs", opt(test = "yuan.bentler"))
case("ml_yuan_bentler_mplus", hs, "hs", opt(test = "yuan.bentler.mplus"), note = paste("Without estimator = \"MLR\" the",
  "information in this test is the expected one, which is the default of ML; so the factor is not that of MLR."))
case("ml_mean_var_adjusted", hs, "hs", opt(test = "mean.var.adjusted"))
case("ml_scaled_shifted", hs, "hs", opt(test = "scaled.shifted"))
for (kind in c("browne.residual.adf", "browne.residual.nt", "browne.residual.nt.model"))
  case(paste0("ml_", gsub(".", "_", kind, fixed = TRUE)), hs, "hs", opt(test = kind))
case("groups_browne_residual_adf", hs, "hs", opt(test = "browne.residual.adf", group = "school", group.equal = "loadings"))
case("groups_browne_residual_nt", hs, "hs", opt(test = "browne.residual.nt", group = "school", group.equal = "loadings"))
case("ml_first_order", hs, "hs", opt(information = "first.order"))
case("ml_observed_democracy", democracy, "democracy", opt(information = "observed"))
case("mlr_expected", hs, "hs", opt(estimator = "MLR", information = "expected"))
case("wishart_mlm", hs, "hs", opt(estimator = "MLM", likelihood = "wishart"))
case("wishart_means", hs, "hs", opt(likelihood = "wishart", meanstructure = TRUE))
case("mlr_democracy", democracy, "democracy", opt(estimator = "MLR"))
case("mlm_democracy", democracy, "democracy", opt(estimator = "MLM"))
case("mlr_second_order", second, "hs", opt(estimator = "MLR"))
case("mlr_mobile", paste(readLines("models/mobile.sem"), collapse = "\n"), "mobile", opt(estimator = "MLR"))

# weights and clusters
case("weights", hs, "hs_weighted", opt(sampling.weights = "w"))
case("weights_mlr", hs, "hs_weighted", opt(sampling.weights = "w", estimator = "MLR", meanstructure = TRUE))
case("weights_covariates", mimic, "hs_weighted", opt(sampling.weights = "w", estimator = "MLR"))
case("weights_groups", hs, "hs_weighted", opt(sampling.weights = "w", group = "school", group.equal = c("loadings", "intercepts")))
case("weights_fiml", hs, "hs_gaps_weighted", opt(sampling.weights = "w", missing = "ml"))
case("weights_fiml_groups", hs, "hs_gaps_weighted", opt(sampling.weights = "w", missing = "ml", group = "school", group.equal = "loadings"))
clustered <- paste("Without estimator = \"MLR\" lavaan takes, in the scaling factor of the test, observed information without its part in the",
  "second derivatives of the moments; with it (clusters_means) the whole Hessian. The standard errors are the same.")
case("clusters", hs, "hs_weighted", opt(cluster = "cluster"), note = clustered)
case("clusters_means", hs, "hs_weighted", opt(cluster = "cluster", estimator = "MLR", meanstructure = TRUE))
case("clusters_covariates", mimic, "hs_weighted", opt(cluster = "cluster"), note = clustered)
case("clusters_groups", hs, "hs_weighted", opt(cluster = "cluster", group = "school", group.equal = "loadings"), note = clustered)
case("clusters_fiml", hs, "hs_gaps_weighted", opt(cluster = "cluster", missing = "ml"), note = clustered)
case("clusters_weights", hs, "hs_weighted", opt(cluster = "cluster", sampling.weights = "w"), note = clustered)

# badly scaled data
badly <- function(name, ..., data = "hs") case(name, hs, data, opt(...),
  amend = function(record) in_units(record, c(visual = 1000, x1 = 1000, x9 = 0.001), paste0(data, "_badly_scaled")))
badly("badly_scaled_ml")
badly("badly_scaled_mlr", estimator = "MLR", meanstructure = TRUE)
badly("badly_scaled_fiml", missing = "ml", data = "hs_gaps")
badly("badly_scaled_fiml_mlr", missing = "ml", estimator = "MLR", data = "hs_gaps")
badly("badly_scaled_groups", group = "school", group.equal = c("loadings", "intercepts"))
badly("badly_scaled_gls", estimator = "GLS")

# paths of observed variables, definitions, means, solutions outside the parameter space
case("saturated_mlr", mediation, "mediation", opt(estimator = "MLR"))
case("saturated_mlr_random", mediation, "mediation", opt(estimator = "MLR", fixed.x = FALSE, meanstructure = TRUE))
case("saturated_mlm", mediation, "mediation", opt(estimator = "MLM"))
case("saturated_factor_mlr", "visual =~ x1 + x2 + x3", "hs", opt(estimator = "MLR"))
case("mediation_mlr", "Y ~ b*M\nM ~ a*X\nab := a*b\nsquare := ab^2", "mediation", opt(estimator = "MLR"))
case("mediation_groups_mlr", "x9 ~ c(c1, c2)*x1 + c(b1, b2)*x4\nx4 ~ c(a1, a2)*x1\nab1 := a1*b1\nab2 := a2*b2\ndifference := ab1 - ab2", "hs",
  opt(estimator = "MLR", group = "school"))
case("definitions_mlr", paste0(hs, "\nspeed ~ a*visual + b*textual\ntextual ~ c*visual\nindirect := c*b\ntotal := a + indirect\nratio := indirect/total"),
  "hs", opt(estimator = "MLR"))
case("means_equal_labels", paste0(hs, "\nx1 ~ m*1\nx4 ~ m*1\nx7 ~ k*1\nx8 ~ NA*1\ngap := k - m"), "hs", opt(meanstructure = TRUE))
case("means_equal_labels_mlr", paste0(hs, "\nx7 ~~ x8\nx1 ~ m*1\nx4 ~ m*1\ntextual ~ visual"), "hs", opt(estimator = "MLR", meanstructure = TRUE))
case("residual_covariances_mlr", paste0(hs, "\nx7 ~~ x8\nx4 ~~ x1"), "hs", opt(estimator = "MLR", meanstructure = TRUE))
case("observed_loop_mlr", "x1 ~ x2 + x4\nx2 ~ x1 + x5\nx1 ~~ x2", "hs", opt(estimator = "MLR"))

outside <- "lavaan warns that this solution is outside the parameter space."
case("heywood_mlr", "a =~ x1 + x7 + x8\nb =~ x4 + x5 + x6", "hs", opt(estimator = "MLR"), note = outside)
case("heywood_saturated", "a =~ x1 + x7 + x8", "hs", opt(meanstructure = TRUE), note = outside)

if (length(failed)) cat("failed:", failed, "\n")
