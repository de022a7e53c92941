# Levels of invariance of ordered answers by Wu & Estabrook (2016): the model that semTools 0.5-6 writes down, and the
# numbers that lavaan 0.6-14 finds for it, by WLSMV; run in this folder: Rscript make_invariance.R
suppressMessages({library(lavaan); library(semTools)}); library(jsonlite)
hs4 <- read.csv("../../data/hs4.csv"); hs4 <- hs4[c("school", paste0("x", 1:9))]
answers <- na.omit(read.csv("../../data/bfi.csv")); ten <- c(paste0("A", 1:5), paste0("E", 1:5))
six <- answers[seq(1, nrow(answers), 3), c("gender", ten)]
three <- six; three[ten] <- lapply(six[ten], function(x) 1 + (x > 2) + (x > 4))
two <- six; two[ten] <- lapply(six[ten], function(x) as.numeric(x > 3))
mixed <- six; mixed[c("A1", "E2")] <- two[c("A1", "E2")]; mixed$A4 <- three$A4
bfi <- answers[answers$education %in% 3:5, ]
TWO <- "F =~ x1 + x2 + x3 + x4; G =~ x5 + x6 + x7"; AGREE <- "A =~ A1 + A2 + A3 + A4 + A5"
TEN <- paste(AGREE, "; E =~ E1 + E2 + E3 + E4 + E5")
LEVELS <- list(configural = "", thresholds = "thresholds", metric = c("thresholds", "loadings"),
  scalar = c("thresholds", "loadings", "intercepts"),
  strict = c("thresholds", "loadings", "intercepts", "residuals"),
  means = c("thresholds", "loadings", "intercepts", "means"))
indices <- function(f) as.list(unclass(fitMeasures(f, c("npar", "df", "chisq", "chisq.scaled", "df.scaled", "cfi.scaled",
  "tli.scaled", "rmsea.scaled", "srmr"))))
estimates <- function(f) {
  rows <- parameterEstimates(f); rows <- rows[rows$se > 0 | rows$op == "~~", ]
  if (is.null(rows$group)) rows$group <- 1
  as.list(setNames(Map(c, rows$est, rows$se), paste(rows$lhs, rows$op, rows$rhs, rows$group)))
}
cases <- list()
add <- function(name, model, data, level, way, ordered, group = "school", partial = NULL, estimator = "WLSMV") {
  said <- suppressWarnings(do.call(measEq.syntax, list(configural.model = model, data = data, ordered = ordered,
    parameterization = way, ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = group,
    group.equal = LEVELS[[level]], group.partial = partial)))
  lines <- strsplit(as.character(said), "\n")[[1]]
  text <- paste(lines[!grepl("^(##|$)", lines)], collapse = "\n")
  f <- cfa(text, data, ordered = ordered, group = group, parameterization = way, estimator = estimator)
  # lavaan stops early, and differs in the fifth digit where a residual variance is hardly told: it goes on from there.
  f <- cfa(text, data, ordered = ordered, group = group, parameterization = way, estimator = estimator, start = f)
  if (!lavInspect(f, "converged")) { cat(name, "did not converge\n"); return(f) }
  cases[[name]] <<- list(syntax = text, groups = lavInspect(f, "group.label"), level = level, way = way,
    ordered = ordered, partial = partial, fit = indices(f), est = estimates(f))
  invisible(f)
}
four <- list()
for (way in c("delta", "theta")) for (level in names(LEVELS)) {
  if (level == "strict" && way == "delta") next
  n <- function(x) paste(x, level, way, sep = "_")
  f <- add(n("four"), TWO, hs4, level, way, paste0("x", 1:7))
  if (way == "theta") four[[level]] <- f
  if (level != "means") add(n("two"), TEN, two, level, way, ten, group = "gender")
  add(n("mixed"), TEN, mixed, level, way, ten, group = "gender")
  if (level %in% c("thresholds", "scalar")) add(n("three"), TEN, three, level, way, ten, group = "gender")
  if (level %in% c("metric", "scalar")) add(n("part"), TEN, mixed, level, way, ten[c(1, 2, 4, 6, 7)], group = "gender")
}
add("partial_theta", TWO, hs4, "scalar", "theta", paste0("x", 1:7), partial = c("x2|t1", "x3 ~ 1", "F =~ x4"))
add("partial_delta", TWO, hs4, "metric", "delta", paste0("x", 1:7), partial = c("x2|t1", "x2|t2", "x3|t1", "F =~ x4"))
add("partial_strict_theta", TWO, hs4, "strict", "theta", paste0("x", 1:7), partial = "x2 ~~ x2")
add("three_groups_delta", AGREE, bfi, "scalar", "delta", paste0("A", 1:5), group = "education")
add("ulsmv_theta", TEN, three, "scalar", "theta", ten, group = "gender", estimator = "ULSMV")
# Statements on scales and residual variances in the text: a threshold or two fixed, so that these can be told.
text <- list(
  scales_delta = "F =~ x1 + x2 + x3 + x4; x1 | 0*t1 + 1*t2; x1 ~*~ NA*x1; x1 ~ NA*1; x2 ~*~ 0.8*x2",
  residuals_theta = "F =~ x1 + x2 + x3 + x4; x1 | 0*t1 + 1*t2; x1 ~~ NA*x1; x1 ~ NA*1; x2 ~~ 0.5*x2",
  groups_delta = "F =~ NA*A2 + A3 + A4 + A5; F ~~ 1*F; A2 | c(a, a)*t1 + c(b, b)*t2; A2 ~*~ c(1, NA)*A2 + c(s1, s2)*A2; A2 ~ c(0, NA)*1",
  groups_theta = "F =~ NA*A2 + A3 + A4 + A5; F ~~ 1*F; A2 | c(a, a)*t1 + c(b, b)*t2; A2 ~~ c(1, NA)*A2; A2 ~ c(0, NA)*1")
for (name in names(text)) {
  args <- list(model = text[[name]], data = hs4, ordered = paste0("x", 1:4), parameterization = sub(".*_", "", name))
  if (grepl("groups", name)) args[c("data", "ordered", "group")] <- list(three, paste0("A", 2:5), "gender")
  args$start <- do.call("cfa", args); f <- do.call("cfa", args)
  cases[[paste0("text_", name)]] <- list(syntax = text[[name]], way = sub(".*_", "", name), ordered = args$ordered,
    groups = lavInspect(f, "group.label"), fit = indices(f), est = estimates(f))
}
# Differences as lavaan takes them; its A.method = "exact" finds restrictions by the parameters' own names, which these
# levels have not in common.
pairs <- list(c("configural", "thresholds"), c("thresholds", "metric"), c("metric", "scalar"), c("scalar", "strict"))
difference <- function(p) {
  larger <- four[[p[1]]]; smaller <- four[[p[2]]]; lavTestLRT(larger, smaller)[2, "Chisq diff"]
}
write_json(list(cases = cases, differences = sapply(pairs, difference)), "invariance.json", digits = 9,
  auto_unbox = TRUE, na = "null", null = "null")
