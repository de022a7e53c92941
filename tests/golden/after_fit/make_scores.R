# Makes scores.json: lavPredict() of factors and of indicators, with standard errors and score matrices.
#   Rscript tests/golden/after_fit/make_scores.R
# Scores are given for some rows of the data (`rows`, from 0, in the data's order), and the mean and covariance
# (divisor n - 1) of the scores of all rows of each group.
source("tests/golden/after_fit/fits.R")

mlr <- list(estimator = "MLR", missing = "ml")
invariant <- list(group = "school", group.equal = c("loadings", "intercepts"))
cases <- list(
  list("hs_ml", hs, "hs"),
  list("hs_std_lv", hs, "hs", list(std.lv = TRUE)),
  list("hs_means", hs, "hs", list(meanstructure = TRUE)),
  list("hs_cross_loading", paste0(hs, "visual =~ x9\nx1 ~~ x3\nx2 ~~ x4\n"), "hs"),
  list("hs_gaps_fiml", hs, "hs_gaps", list(missing = "ml")),
  list("hs_gaps_listwise", hs, "hs_gaps"),
  list("hs_configural", hs, "hs", list(group = "school")),
  list("hs_scalar", hs, "hs", invariant),
  list("hs_gaps_scalar", hs, "hs_gaps", c(invariant, list(missing = "ml"))),
  list("hs_second_order", second_order, "hs"),
  list("democracy", democracy, "democracy"),
  list("hs_regressions", paste0(hs, "speed ~ visual + textual\n"), "hs"),
  list("mimic", mimic, "hs"),
  list("mimic_means", mimic, "hs", list(meanstructure = TRUE)),
  list("mimic_random", mimic, "hs", list(fixed.x = FALSE)),
  list("observed_outcome", "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nx9 ~ visual + textual + sex\n", "hs"),
  list("growth", growth_curve, "growth", list(), "growth"))

# one matrix for all rows, in the data's order, from one matrix a group
together <- function(fit, parts) {
  if (is.list(parts) && length(parts) == 1) parts <- parts[[1]]
  where <- lavInspect(fit, "case.idx")
  if (!is.list(where)) where <- list(where)
  if (!is.list(parts)) parts <- list(parts)
  all <- matrix(NA, sum(lavInspect(fit, "norig")), ncol(parts[[1]]), dimnames = list(NULL, colnames(parts[[1]])))
  for (g in seq_along(parts)) all[where[[g]], ] <- if (nrow(parts[[g]]) == 1)
    matrix(parts[[g]], length(where[[g]]), ncol(all), byrow = TRUE) else parts[[g]]
  all
}
by_group <- function(x) if (is.list(x)) unname(x) else list(x)
predicted <- function(fit, rows, ...) {
  raw <- lavPredict(fit, ...)
  all <- together(fit, if (is.list(raw)) lapply(raw, unclass) else unclass(raw))
  groups <- by_group(raw)
  list(raw = raw, numbers = list(names = I(colnames(all)), values = all[rows, , drop = FALSE],
    mean = lapply(groups, function(g) I(as.numeric(colMeans(g, na.rm = TRUE)))),
    covariance = lapply(groups, function(g) cov(g, use = "complete.obs"))))
}
attributes_of <- function(fit, raw, rows, gaps) {
  one <- if (is.list(raw)) raw[[1]] else raw
  take <- function(name) {
    x <- attr(raw, name)
    if (is.null(x)) x <- lapply(by_group(raw), function(g) attr(g, name)[[1]])
    x
  }
  parts <- list(se = together(fit, take("se"))[rows, , drop = FALSE])
  if (!gaps) parts <- c(parts, list(acov = lapply(unname(take("acov")), unclass), fsm = lapply(unname(take("fsm")), unclass)))
  parts
}
records <- lapply(cases, function(case) {
  case <- c(case, list(list(), "sem")[seq_len(5 - length(case)) + length(case) - 3])
  cat(case[[1]], "")
  data <- read_data(case[[3]])
  fit <- polished(case[[2]], data, case[[4]], case[[5]])
  rows <- seq(1, nrow(data), by = if (nrow(data) < 100) 4 else if (nrow(data) > 350) 20 else 10)
  gaps <- identical(case[[4]]$missing, "ml")
  numbers <- list(rows = I(rows - 1))
  for (method in c("regression", "Bartlett")) {
    # with observed covariates or outcomes lavaan 0.6-14 has no standard errors
    if (length(lavNames(fit, "ov.nox")) == length(lavNames(fit, "ov.ind")) && length(lavNames(fit, "ov.x")) == 0) {
      result <- predicted(fit, rows, method = method, se = "standard", acov = "standard", fsm = TRUE)
      numbers[[method]] <- c(result$numbers, attributes_of(fit, result$raw, rows, gaps))
    } else numbers[[method]] <- predicted(fit, rows, method = method)$numbers
    numbers[[paste0("indicators_", method)]] <- predicted(fit, rows, type = "ov", method = method)$numbers
  }
  # new people: others' answers (rows of the same data, tenths added to the first variable, in reversed order)
  if (is.null(case[[4]]$group)) {
    new <- data[rev(rows)[1:6], ]
    first <- lavNames(fit, "ov")[1]
    new[[first]] <- new[[first]] + (1:6) / 10
    for (method in c("regression", "Bartlett")) {
      got <- lavPredict(fit, newdata = new, method = method)
      numbers[[paste0("new_", method)]] <- list(rows = I(rev(rows)[1:6] - 1), changed = first, added = I((1:6) / 10),
        names = I(colnames(got)), values = matrix(as.numeric(got), nrow(got)))
    }
  }
  record(case[[1]], paste0(written_call(case[[5]], case[[4]]),
    "; lavPredict(fit, method, se = \"standard\", acov = \"standard\", fsm = TRUE); lavPredict(fit, type = \"ov\", method)"),
    case[[3]], case[[2]], case[[4]], numbers)
})
save_records(records, "scores.json")
