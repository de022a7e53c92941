# The numbers of lavaan 0.6-14 for ordered answers; run in this folder: Rscript make_ordinal.R
# hs4_wlsmv_07.json and hs4_dwls_07.json are lavaan 0.7-2.3170's, by
#   cfa(HS, hs4, ordered = xs, estimator = "WLSMV")   and   estimator = "DWLS"
suppressMessages(library(lavaan)); library(jsonlite)
hs4 <- read.csv("../../data/hs4.csv"); gaps <- read.csv("../../data/hs4_gaps.csv"); bfi <- read.csv("../../data/bfi.csv")
xs <- paste0("x", 1:9); items <- names(bfi)[1:25]
HS <- "visual =~ x1+x2+x3; textual =~ x4+x5+x6; speed =~ x7+x8+x9"
BIG5 <- "A =~ A1+A2+A3+A4+A5; C =~ C1+C2+C3+C4+C5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; O =~ O1+O2+O3+O4+O5"
INDIRECT <- "A =~ A1+A2+A3+A4+A5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; E ~ a*A + N; N ~ b*A; ab := a*b"
CONSTRAINED <- "visual =~ x1+a*x2+b*x3; textual =~ x4+c*x5+x6; speed =~ x7+x8+x9; a+b == 1.2; d := a*c"
cases <- list()
add <- function(name, call) {
  f <- eval(call)
  keep <- function(d, columns) { d <- d[intersect(columns, names(d))]; rownames(d) <- NULL; d }
  wanted <- c("lhs", "op", "rhs", "group", "est", "est.std", "se")
  cases[[name]] <<- list(call = paste(deparse(call), collapse = ""), fit = as.list(unclass(fitMeasures(f))),
    est = keep(parameterEstimates(f), wanted), std = keep(standardizedSolution(f), wanted))
}
add("wlsmv", quote(cfa(HS, hs4, ordered = xs, estimator = "WLSMV")))
add("wlsm", quote(cfa(HS, hs4, ordered = xs, estimator = "WLSM")))
add("wlsmvs", quote(cfa(HS, hs4, ordered = xs, estimator = "WLSMVS")))
add("ulsm", quote(cfa(HS, hs4, ordered = xs, estimator = "ULSM")))
add("ulsmv", quote(cfa(HS, hs4, ordered = xs, estimator = "ULSMV")))
add("ulsmvs", quote(cfa(HS, hs4, ordered = xs, estimator = "ULSMVS")))
add("wls", quote(cfa(HS, hs4, ordered = xs, estimator = "WLS")))
add("theta", quote(cfa(HS, hs4, ordered = xs, parameterization = "theta")))
add("std_lv", quote(cfa(HS, hs4, ordered = xs, std.lv = TRUE)))
add("mixed", quote(cfa(HS, hs4, ordered = xs[1:6])))
add("pairwise", quote(cfa(HS, gaps, ordered = xs, missing = "pairwise")))
add("mixed_pairwise", quote(cfa(HS, gaps, ordered = xs[1:6], missing = "pairwise")))
add("path_mixed", quote(sem("F =~ x1+x2+x3; x9 ~ F; x7 ~~ F; x7 ~~ x9", hs4, ordered = c("x1", "x2", "x3", "x9"))))
# Under delta lavaan gives x8 a residual variance that makes its own variance 1.137 instead of 1, and errors to match.
add("ordered_mediator", quote(sem("F =~ x1+x2+x3; x9 ~ F; x8 ~ x9 + F", hs4, ordered = c("x1","x2","x3","x9","x8"),
  parameterization = "theta")))
add("bfi_wlsmv", quote(cfa(BIG5, bfi, ordered = items)))
add("bfi_indirect", quote(sem(INDIRECT, bfi, ordered = TRUE)))
add("bfi_indirect_ulsmv_pairwise", quote(sem(INDIRECT, bfi, ordered = TRUE, estimator = "ULSMV", missing = "pairwise")))
add("residual_covariance", quote(cfa(paste(HS, "; x7 ~~ x8"), hs4, ordered = xs)))
add("cross_loading", quote(cfa(paste(HS, "; visual =~ x9"), hs4, ordered = xs, estimator = "ULSMV", std.lv = TRUE)))
add("constraints", quote(cfa(CONSTRAINED, hs4, ordered = xs)))
add("thresholds", quote(cfa("F =~ x1+x2+x3; x1 | 0*t2; x2 | k*t1; x3 | k*t1", hs4, ordered = xs[1:3])))
add("groups_means", quote(cfa(HS, hs4, ordered = xs, group = "school",
  group.equal = c("loadings", "thresholds", "means", "lv.variances", "lv.covariances"))))
add("groups_mixed", quote(cfa(HS, hs4, ordered = xs[1:6], group = "school",
  group.equal = c("loadings", "thresholds", "intercepts"))))
for (p in c("delta", "theta")) {
  n <- function(x) paste0(x, "_", p)
  add(n("groups"), bquote(cfa(HS, hs4, ordered = xs, group = "school", parameterization = .(p))))
  add(n("groups_loadings"), bquote(cfa(HS, hs4, ordered = xs, group = "school", group.equal = "loadings",
    parameterization = .(p))))
  add(n("groups_thresholds"), bquote(cfa(HS, hs4, ordered = xs, group = "school",
    group.equal = c("loadings", "thresholds"), parameterization = .(p))))
}
write_json(cases, "cases.json", digits = 10, auto_unbox = TRUE, na = "null", null = "null")

moments <- function(call) {
  f <- eval(call); s <- lavInspect(f, "sampstat")
  list(call = paste(deparse(call), collapse = ""), names = rownames(s$cov), thresholds = s$th, covariance = s$cov,
    gamma_diagonal = diag(lavInspect(f, "gamma")), gamma_sum = sum(lavInspect(f, "gamma")),
    gamma_norm = sqrt(sum(lavInspect(f, "gamma")^2)))
}
table2 <- function(a, b, c, d) data.frame(a = rep(c(0, 0, 1, 1), c(a, b, c, d)), b = rep(c(0, 1, 0, 1), c(a, b, c, d)),
  c = rep(c(0, 1), length.out = a + b + c + d))
f <- cfa(HS, hs4, ordered = xs)
f0 <- cfa(paste(HS, "; visual ~~ 0*speed; textual ~~ 0*speed"), hs4, ordered = xs)
exact <- lavTestLRT(f, f0, A.method = "exact")
write_json(list(
  ordered = moments(quote(cfa(HS, hs4, ordered = xs))),
  mixed = moments(quote(cfa(HS, hs4, ordered = xs[1:6]))),
  pairwise = moments(quote(cfa(HS, gaps, ordered = xs, missing = "pairwise"))),
  mixed_pairwise = moments(quote(cfa(HS, gaps, ordered = xs[1:6], missing = "pairwise"))),
  empty_cell = lavCor(table2(20, 0, 15, 30), ordered = c("a", "b", "c"))[2, 1],
  other_empty_cell = lavCor(table2(20, 7, 0, 30), ordered = c("a", "b", "c"))[2, 1],
  modification = modificationIndices(f)[c("lhs", "op", "rhs", "mi", "epc", "sepc.lv", "sepc.all")],
  residual_z = lavResiduals(f)$cov.z,
  difference = lavTestLRT(f, f0)[2, "Chisq diff"], difference_exact = exact[2, "Chisq diff"]
), "moments.json", digits = 10, auto_unbox = TRUE, na = "null")
