# Makes constraint_tests.json: score tests of equality constraints and of parameters to add (lavTestScore), Wald tests
# of linear and nonlinear constraints (lavTestWald).
#   Rscript tests/golden/after_fit/make_constraint_tests.R
# Under a robust estimator lavaan's score test is the ordinary one (it warns), its Wald test uses the robust errors.
# For a variance lavaan's standardised changes are the standardised variance itself with the sign of the change, not the
# change; they are left out (null).
source("tests/golden/after_fit/fits.R")

labelled <- "visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + c*x5 + d*x6\nspeed =~ x7 + e*x8 + f*x9\n"
paths <- paste0(hs, "speed ~ p*visual + q*textual\ntextual ~ r*visual\n")
grouped <- paste0(hs, "speed ~ c(p1, p2)*visual + c(q1, q2)*textual\ntextual ~ c(r1, r2)*visual\n")
metric <- list(group = "school", group.equal = "loadings")
scalar <- list(group = "school", group.equal = c("loadings", "intercepts"))
gaps <- list(missing = "ml")

# name, model, data, options
release <- list(
  list("democracy_equal_loadings", democracy_equal, "democracy"),
  list("democracy_equal_loadings_mlr", democracy_equal, "democracy", list(estimator = "MLR")),
  list("hs_metric", hs, "hs", metric),
  list("hs_scalar", hs, "hs", scalar),
  list("hs_gaps_metric", hs, "hs_gaps", c(metric, gaps)),
  list("hs_linear", paste0(labelled, "a + b == 1.5\nc == d\ne - 2*f + b == 0\n"), "hs"),
  list("hs_equal_labels", "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + a*x5 + x6\nspeed =~ x7 + x8 + x9\nx1 ~~ e*x1\nx2 ~~ e*x2\n",
    "hs"),
  list("hs_gls", paste0(labelled, "a == b\nc == d\n"), "hs", list(estimator = "GLS")))
add <- list(
  list("hs", hs, "hs", list(), "visual =~ x9 + x7\nx7 ~~ x8\n"),
  list("hs_one", hs, "hs", list(), "visual =~ x9\n"),
  list("hs_gaps", hs, "hs_gaps", gaps, "visual =~ x9\nx7 ~~ x8\n"),
  list("democracy", paste0(democracy_measured, democracy_paths), "democracy", list(), democracy_residuals))
# name, model, data, options, constraints
wald <- list(
  list("hs_one_linear", labelled, "hs", list(), "a == b"),
  list("hs_several_linear", labelled, "hs", list(), "a == b\nc == 1\nd + e == 2*f\n"),
  list("hs_nonlinear", labelled, "hs", list(), "a*c == d^2\nexp(b) == 2\n"),
  list("hs_mlr", labelled, "hs", list(estimator = "MLR"), "a == b\nc == 1\nd + e == 2*f\n"),
  list("hs_gaps", labelled, "hs_gaps", gaps, "a == b\nc == 1\nd + e == 2*f\n"),
  list("hs_indirect", paths, "hs", list(), "r*q == 0"),
  list("hs_indirect_mlr", paths, "hs", list(estimator = "MLR"), "r*q == 0\np == 0.5\n"),
  list("hs_groups", grouped, "hs", list(group = "school"), "p1 == p2\nq1 == q2\nr1 == r2\n"),
  list("hs_groups_mlr", grouped, "hs", list(group = "school", estimator = "MLR"), "p1 == p2\nq1*r1 == q2*r2\n"),
  list("mediation", mediation, "mediation", list(), "a*b == 0"),
  list("democracy_equal_loadings", democracy_equal, "democracy", list(), "a == b\nb == c\n"))

frame <- function(x) { class(x) <- "data.frame"; x }
score_numbers <- function(result) {
  uni <- frame(result$uni)
  epc <- frame(result$epc)
  epc$block <- epc$free <- NULL
  epc[epc$op == "~~" & epc$lhs == epc$rhs, c("sepc.lv", "sepc.all", "sepc.nox")] <- NA
  total <- frame(result$test)
  list(total = list(chisq = total$X2, df = total$df, pvalue = total$p.value), one_by_one = uni, changes = epc)
}
fitted <- function(case) {
  if (length(case) < 4) case <- c(case, list(list()))
  cat(case[[1]], "")
  polished(case[[2]], read_data(case[[3]]), case[[4]])
}
options_of <- function(case) if (length(case) < 4) list() else case[[4]]
released <- lapply(release, function(case) {
  fit <- fitted(case)
  # the constraints of group.equal name parameters by their place in the table: plabel .pN. is row N of the estimates
  numbers <- score_numbers(suppressWarnings(lavTestScore(fit, epc = TRUE)))
  cumulative <- frame(suppressWarnings(lavTestScore(fit, cumulative = TRUE))$cumulative)
  record(case[[1]], paste0(written_call("sem", options_of(case)), "; lavTestScore(fit, epc = TRUE, cumulative = TRUE)"),
    case[[3]], case[[2]], options_of(case), c(list(kind = "release"), numbers, list(cumulative = cumulative)))
})
added <- lapply(add, function(case) {
  numbers <- score_numbers(lavTestScore(fitted(case), add = case[[5]], epc = TRUE))
  record(case[[1]], paste0(written_call("sem", options_of(case)), "; lavTestScore(fit, add, epc = TRUE)"),
    case[[3]], case[[2]], case[[4]], c(list(kind = "add", add = case[[5]]), numbers))
})
walds <- lapply(wald, function(case) {
  result <- lavTestWald(fitted(case), case[[5]])
  record(case[[1]], paste0(written_call("sem", options_of(case)), "; lavTestWald(fit, constraints)"),
    case[[3]], case[[2]], case[[4]], list(kind = "wald", constraints = case[[5]], chisq = result$stat, df = result$df,
      pvalue = result$p.value))
})
save_records(c(released, added, walds), "constraint_tests.json")
