# ordered.json: exploratory blocks of ordered answers by lavaan 0.6-14; Rscript make_ordered.R, in this folder.
suppressMessages(library(lavaan)); library(jsonlite)
D <- function(n) read.csv(paste0("../../data/", n, ".csv"))
xs <- paste0("x", 1:9)
HS <- 'efa("e")*f1 + efa("e")*f2 + efa("e")*f3 =~ x1+x2+x3+x4+x5+x6+x7+x8+x9'
E2 <- 'efa("e")*f1 + efa("e")*f2 =~ x1+x2+x3+x4+x5+x6\n g =~ x7+x8+x9'
B3 <- paste('efa("b")*f1 + efa("b")*f2 + efa("b")*f3 =~', paste(names(D("bfi"))[c(1:5, 11:20)], collapse = "+"))
out <- list()
case <- function(name, model, data, ..., rotation = "geomin", args = list()) {
  f <- suppressWarnings(sem(model, D(data), rotation = rotation, rotation.args = args, ...))
  if (!lavInspect(f, "converged")) { cat(name, "did not converge\n"); return(invisible()) }
  p <- parameterEstimates(f); if (is.null(p$group)) p$group <- 1
  s <- standardizedSolution(f); if (is.null(s$group)) s$group <- 1
  key <- function(d) paste(d$lhs, d$op, d$rhs, d$group)
  out[[name]] <<- list(model = model, data = data, rotation = rotation, args = args, options = list(...),
    fit = as.list(unclass(fitMeasures(f, c("npar", "df", "chisq", "chisq.scaled", "cfi.scaled", "rmsea.scaled", "srmr")))),
    est = as.list(setNames(Map(c, p$est, p$se), key(p))), std = as.list(setNames(s$est.std, key(s))))
}
for (way in c("delta", "theta")) {
  case(paste0("geomin_", way), HS, "hs4", ordered = xs, parameterization = way)
  case(paste0("oblimin_", way), HS, "hs4", ordered = xs, parameterization = way, rotation = "oblimin")
}
case("varimax", HS, "hs4", ordered = xs, rotation = "varimax")
case("geomin_raw", HS, "hs4", ordered = xs, args = list(std.ov = FALSE))
case("oblimin_raw_theta", HS, "hs4", ordered = xs, parameterization = "theta", rotation = "oblimin", args = list(std.ov = FALSE))
case("mixed", HS, "hs4", ordered = xs[1:6], rotation = "oblimin")
case("ulsmv", HS, "hs4", ordered = xs, estimator = "ULSMV", rotation = "quartimin")
case("pairwise", HS, "hs4_gaps", ordered = xs, missing = "pairwise", rotation = "quartimin")
case("esem", E2, "hs4", ordered = xs, rotation = "quartimin")
case("esem_path", paste0(E2, "\n g ~ f1 + f2"), "hs4", ordered = xs, rotation = "quartimin")
case("groups", HS, "hs4", ordered = xs, group = "school", rotation = "quartimin")
# Not with group.equal = "loadings": each group is turned by itself, so that equal loadings are no longer equal.
case("bfi", B3, "bfi", ordered = TRUE, rotation = "oblimin")
write_json(out, "ordered.json", digits = 10, auto_unbox = TRUE, na = "null")
