# The numbers of lavaan 0.6-14 for ordered answers given fixed covariates; run in this folder: Rscript make_given.R
suppressMessages(library(lavaan)); library(jsonlite)
hs4 <- read.csv("../../data/hs4.csv"); gaps <- read.csv("../../data/hs4_gaps.csv"); bfi <- read.csv("../../data/bfi.csv")
derive <- function(d) { d$female <- hs4$sex - 1; d$age <- hs4$ageyr + hs4$agemo / 12 - 13; d$pasteur <- 1 * (hs4$school == "Pasteur")
  d$third <- hs4$id %% 3; d }
hs4 <- derive(hs4); gaps <- derive(gaps); late <- gaps; late$age[3:20] <- NA
bfi$female <- bfi$gender - 1; bfi$decades <- bfi$age / 10
xs <- paste0("x", 1:9)
MIMIC <- "visual =~ x1+x2+x3; textual =~ x4+x5+x6; visual ~ age+female; textual ~ age+pasteur"
PATHS <- "visual =~ x1+x2+x3; textual =~ x4+x5+x6; visual ~ a*age+female; textual ~ b*visual+c*age; ab := a*b; total := c+a*b"
DIRECT <- paste(MIMIC, "; x2 ~ female; x7 ~ visual + female")
OUTCOME <- "x1 ~ age+female; x7 ~ x1+age; x9 ~ x1+x7+female"
CHAIN <- "F =~ x1+x2+x3; x9 ~ F+age; x7 ~ x9+female"
BIG5 <- "A =~ A1+A2+A3+A4+A5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; A ~ female+decades; N ~ female+decades; E ~ A+N+decades"
cases <- list()
keep <- function(d, columns) { d <- d[intersect(columns, names(d))]; rownames(d) <- NULL; d }
add <- function(name, call) {
  f <- eval(call); wanted <- c("lhs", "op", "rhs", "group", "est", "est.std", "se")
  cases[[name]] <<- list(call = paste(deparse(call), collapse = ""), fit = as.list(unclass(fitMeasures(f))),
    est = keep(parameterEstimates(f), wanted), std = keep(standardizedSolution(f), wanted), r2 = if (lavInspect(f, "ngroups") == 1) as.list(inspect(f, "r2")))
}
for (e in c("WLSMV", "WLSM", "WLSMVS", "ULSM", "ULSMV", "ULSMVS", "WLS"))
  add(tolower(e), bquote(sem(MIMIC, hs4, ordered = xs, estimator = .(e))))
add("theta", quote(sem(MIMIC, hs4, ordered = xs, parameterization = "theta")))
add("std_lv", quote(sem(MIMIC, hs4, ordered = xs, std.lv = TRUE)))
add("mixed", quote(sem(DIRECT, hs4, ordered = xs[1:6])))
add("mixed_wls", quote(sem("F =~ x1+x2+x3+x7; F ~ age+female", hs4, ordered = xs[1:3], estimator = "WLS")))
add("mixed_theta", quote(sem(DIRECT, hs4, ordered = xs[c(1, 4, 5, 7)], parameterization = "theta")))
add("paths", quote(sem(PATHS, hs4, ordered = xs)))
add("probit", quote(sem("x1 ~ age+female", hs4, ordered = "x1")))
add("outcome", quote(sem(OUTCOME, hs4, ordered = "x9")))
add("ordered_mediator", quote(sem(OUTCOME, hs4, ordered = c("x1", "x9"), parameterization = "theta")))
add("chain", quote(sem(CHAIN, hs4, ordered = xs[1:3], estimator = "ULSMV")))
add("dummies", quote(sem("F =~ x1+x2+x3; F ~ pasteur+female", hs4, ordered = xs[1:3])))
add("ordered_covariate", quote(sem("F =~ x1+x2+x3; F ~ third+female", hs4, ordered = c(xs[1:3], "third"))))
add("covariances", quote(sem("x1 ~ age; x2 ~ age+female; x3 ~ female; x1 ~~ x3", hs4, ordered = xs[1:3])))
add("constraints", quote(sem("F =~ x1+x2+x3; F ~ a*age+b*female; a+b == -0.2; x2 | k*t1; x3 | k*t1", hs4, ordered = xs)))
add("pairwise", quote(sem(MIMIC, gaps, ordered = xs, missing = "pairwise")))
add("pairwise_gaps_in_x", quote(sem(DIRECT, late, ordered = xs[1:6], missing = "pairwise")))
add("joint", quote(sem("F =~ x1+x2+x3; F ~ age", hs4, ordered = xs, fixed.x = FALSE, conditional.x = FALSE)))
add("groups_regressions", quote(sem("F =~ x4+x5+x6; F ~ age+female", hs4, ordered = xs, group = "school",
  group.equal = c("loadings", "thresholds", "regressions"))))
add("groups_mixed", quote(sem("F =~ x4+x5+x6; x7 ~ F+age+female", hs4, ordered = xs[4:6], group = "school",
  group.equal = "loadings")))
for (p in c("delta", "theta")) {
  add(paste0("groups_", p), bquote(sem("F =~ x4+x5+x6; F ~ age+female", hs4, ordered = xs, group = "school",
    parameterization = .(p))))
  add(paste0("groups_thresholds_", p), bquote(sem("F =~ x4+x5+x6; F ~ age+female", hs4, ordered = xs, group = "school",
    group.equal = c("loadings", "thresholds"), parameterization = .(p))))
}
add("bfi", quote(sem(BIG5, bfi, ordered = names(bfi)[1:25])))
write_json(cases, "cases.json", digits = 10, auto_unbox = TRUE, na = "null", null = "null")

moments <- function(call) {
  f <- eval(call); s <- lavInspect(f, "sampstat"); g <- lavInspect(f, "gamma")
  list(call = paste(deparse(call), collapse = ""), covariance = s$res.cov, thresholds = s$res.th, slopes = s$res.slopes,
    covariates = s$cov.x, gamma = unclass(g), gamma_names = rownames(g))
}
f <- sem(DIRECT, hs4, ordered = xs[1:6])
f0 <- sem(sub("; x2 ~ female", "; x2 ~ 0*female", DIRECT), hs4, ordered = xs[1:6])
difference <- function(...) lavTestLRT(f, f0, ...)[2, "Chisq diff"]
write_json(list(
  mixed = moments(quote(sem("x1+x2+x7+x8 ~ age+female", hs4, ordered = xs[1:3]))),
  gaps = moments(quote(sem("x1+x2+x7+x8 ~ age+female", gaps, ordered = xs[1:3], missing = "pairwise"))),
  modification = keep(modificationIndices(f0), c("lhs", "op", "rhs", "mi", "epc", "sepc.lv", "sepc.all", "sepc.nox")),
  difference = difference(), difference_exact = difference(A.method = "exact"),
  wald = lavTestWald(sem(PATHS, hs4, ordered = xs), "a == 0; c == 0")$stat,
  residual_slopes = residuals(f)$res.slopes, residual_covariance = residuals(f)$res.cov
), "after.json", digits = 10, auto_unbox = TRUE, na = "null")
