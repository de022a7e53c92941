# Makes the cases about estimators, groups, gaps and constraints, with R 4.2 and lavaan 0.6-14:
#   Rscript tests/golden/covariance/make_estimators.R [part of a name ...]
# The data files that it needs beside those with a source of their own are written first, by the rules below.
source("tests/golden/covariance/polish.R")
wanted <- commandArgs(TRUE)

## Data --------------------------------------------------------------------------------------------------------------
table_of <- function(name) read.csv(file.path("tests/data", paste0(name, ".csv")))
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
case("fiml_covariates_random", mimic, "hs_gaps_covariates", opt(missing = "ml", fixed.x = FALSE))
case("fiml_covariate_gaps", mimic_age, "hs_gaps_covariates", opt(missing = "ml"))
case("fiml_mlr_covariate_gaps", mimic_age, "hs_gaps_covariates", opt(missing = "ml", estimator = "MLR"))
case("fiml_covariate_gaps_ml_x", mimic_age, "hs_gaps_covariates", opt(missing = "ml.x"))
case("fiml_mlr_covariate_gaps_ml_x", mimic_age, "hs_gaps_covariates", opt(missing = "ml.x", estimator = "MLR"))
case("fiml_covariate_gaps_random", mimic_age, "hs_gaps_covariates", opt(missing = "ml", fixed.x = FALSE))
case("fiml_mlr_covariate_gaps_random", mimic_age, "hs_gaps_covariates", opt(missing = "ml", fixed.x = FALSE, estimator = "MLR"))
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

if (length(failed)) cat("failed:", failed, "\n")
