# Makes products.json: products of variables beyond one product of two factors (that is interactions.json).
#   Rscript tests/golden/after_fit/make_products.R
# Columns are centred, multiplied, and the products centred (Lin, Wen, Marsh and Lin, 2010), all within groups. What the
# product factor covaries with is written out.
source("tests/golden/after_fit/fits.R")

centred <- function(x, group) x - tapply(x, group, mean, na.rm = TRUE)[group]
hs3 <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"
pair <- function(a, b) cbind(a, b)
v <- paste0("x", 1:3); t <- paste0("x", 4:6)
interaction <- "visualXtextual =~ x1.x4 + x2.x5 + x3.x6\n"
regression <- "speed ~ visual + textual + visualXtextual\n"
# name, data, ours, pairs, lavaan's model, our options, lavaan's options
cases <- list(
  list("observed", "hs", "x7 ~ ageyr + x1 + ageyr:x1\n", NULL, "x7 ~ ageyr + x1 + ageyr:x1\n", list(), list()),
  list("observed_square", "hs", "x7 ~ x1 + x1:x1\n", "raw", "x7 ~ x1 + x1.x1\n", list(), list()),
  list("observed_outcome_of_factor", "hs", paste0(hs3, "x7 ~~ x9\nspeed ~ visual + ageyr + x_sex + ageyr:x_sex\n"), NULL,
    paste0(hs3, "x7 ~~ x9\nspeed ~ visual + ageyr + x_sex + ageyr:x_sex\n"), list(), list()),
  list("mixed", "hs", paste0(hs3, "speed ~ visual + ageyr + visual:ageyr\n"), pair(v, "ageyr"),
    paste0(hs3, "visualXage =~ x1.ageyr + x2.ageyr + x3.ageyr\nspeed ~ visual + ageyr + visualXage\n",
      "visual ~~ ageyr\ntextual ~~ ageyr\nvisualXage ~~ ageyr\nageyr ~~ ageyr\n"), list(), list()),
  list("mixed_with_covariate", "hs", paste0(hs3, "speed ~ visual + ageyr + x_sex + visual:ageyr\n"), pair(v, "ageyr"),
    paste0(hs3, "visualXage =~ x1.ageyr + x2.ageyr + x3.ageyr\nspeed ~ visual + ageyr + x_sex + visualXage\ntextual ~~ ageyr\n",
      "visual ~~ ageyr\nvisualXage ~~ ageyr\nageyr ~~ x_sex + ageyr\nx_sex ~~ x_sex\n"), list(), list()),
  list("two_products", "hs", paste0(hs3, "speed ~ visual + textual + visual:textual + visual:visual\n"),
    rbind(pair(v, t), pair(v, v)), paste0(hs3, interaction, "visualXvisual =~ x1.x1 + x2.x2 + x3.x3\n",
      "speed ~ visual + textual + visualXtextual + visualXvisual\nx1.x4 ~~ x1.x1\nx2.x5 ~~ x2.x2\nx3.x6 ~~ x3.x3\n"),
    list(), list()),
  list("outcome_as_part", "hs", paste0(hs3, "textual ~ visual\nspeed ~ visual + textual + visual:textual\n"), pair(v, t),
    paste0(hs3, interaction, "textual ~ visual\n", regression, "textual ~~ visualXtextual\n"), list(), list()),
  list("gaps", "hs_gaps", paste0(hs3, "speed ~ visual + textual + visual:textual\n"), pair(v, t), paste0(hs3, interaction, regression),
    list(missing = "fiml", estimator = "MLR"), list(missing = "ml", estimator = "MLR")),
  list("groups", "hs", paste0(hs3, "speed ~ visual + textual + visual:textual\n"), pair(v, t), paste0(hs3, interaction, regression),
    list(group = "school"), list(group = "school")),
  list("groups_free_means", "hs", paste0(hs3, "speed ~ visual + textual + visual:textual\n"), pair(v, t),
    paste0(hs3, interaction, regression), list(group = "school", group_equal = c("loadings", "intercepts")),
    list(group = "school", group.equal = c("loadings", "intercepts"))))

records <- lapply(cases, function(case) {
  data <- read_data(case[[2]])
  if (!is.null(data$sex)) data$x_sex <- data$sex
  group <- if (is.null(case[[7]]$group)) rep("all", nrow(data)) else as.character(data[[case[[7]]$group]])
  pairs <- case[[4]]
  if (identical(pairs, "raw")) data$x1.x1 <- data$x1^2
  else if (!is.null(pairs)) for (k in seq_len(nrow(pairs))) {
    parts <- lapply(pairs[k, ], function(name) centred(data[[name]], group))
    data[[paste(pairs[k, ], collapse = ".")]] <- centred(parts[[1]] * parts[[2]], group)
  }
  cat(case[[1]], "")
  fit <- polished(case[[5]], data, case[[7]])
  record(case[[1]], written_call("sem", case[[7]]), case[[2]], case[[3]], case[[6]], list(lavaan_model = case[[5]],
    fit = unclass(fitMeasures(fit, c("npar", "chisq", "df"))), est = as.data.frame(unclass(estimates(fit)))))
})
save_records(records, "products.json")
