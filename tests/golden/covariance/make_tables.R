# Makes tables.json: the parameter tables that lavaan 0.6-14 implies, for many small models.
# A row is: lhs, op, rhs, group, the user's label, whether a sample moment, the fixed value, the start value, and
# the number (from 1) of the first row that is the same parameter.
#   Rscript tests/golden/covariance/make_tables.R
suppressMessages({ library(lavaan); library(jsonlite) })
data <- read.csv("tests/data/hs.csv")
data$third <- rep(c("a", "b", "c"), length.out = nrow(data))

curve <- "i =~ 1*x1 + 1*x2 + 1*x3 + 1*x4; s =~ 0*x1 + 1*x2 + 2*x3 + 3*x4"

# A model and its options; `growth` stands for lavaan's function of that name, in the place of sem().
cases <- list(
  list("F =~ a*x1 + a*x2 + a*x3 + x4"), list("F =~ x1 + a*x2 + x3 + x4; F ~~ 1*F"),
  list("F =~ NA*x1 + x2 + x3; F ~~ 1*F"), list("F =~ x1 + a*x2 + 0.7*x3 + a*x3 + x4"),
  list("F =~ x1 + x2 + x3; G =~ x4; G ~ F"), list("F =~ x1 + x2 + x3; G =~ x4; G ~ F; x4 ~~ 0.2*x4"),
  list("F =~ x1 + x2 + x3 + x4; G =~ x4; G ~~ F"), list("F =~ x1 + x2 + x3; H =~ F; x7 ~ H"),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; x7 ~ F; G ~ F; x8 ~ F + x9"),
  list("x7 ~ x1 + x2; x8 ~ x1; x9 ~ x7"), list("x7 ~ x1 + x2; x8 ~ x1; x1 ~~ x2"),
  list("x7 ~ x1 + x2 + x3; x8 ~ x1; x1 ~~ x2"), list("x7 ~ x1 + x2 + x3; x1 ~~ x1"),
  list("x7 ~ x1 + x2 + x3; x1 ~ 1"), list("F =~ x1 + x2 + x3; F ~ x5 + x6; x5 ~ x6"),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; F ~ sex + ageyr; G ~ F + sex", fixed.x = FALSE),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; x7 ~ F + G + sex"),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; x7 ~ F + G + sex", fixed.x = FALSE),
  list("F =~ x1 + x2 + x3; F ~ sex + ageyr", meanstructure = TRUE),
  list("F =~ x1 + x2 + x3; F ~ sex + ageyr; x1 ~ 1"), list("x7 ~~ x8; x9 ~ x7"), list("x7 ~~ x8 + x9"),
  list("F =~ x1 + x2 + x3; F ~~ x9"), list("F =~ x1 + x2 + x3; x4 ~~ x4"),
  list("F =~ x1 + x2 + x3; F ~~ F", std.lv = TRUE), list("F =~ x1 + x2 + x3; F ~~ 2*F", std.lv = TRUE),
  list("F =~ x1 + x2 + x3; F ~~ b*F", std.lv = TRUE),
  list("F =~ 1*x1 + x2 + x3; G =~ x4 + x5 + x6; G ~ F", std.lv = TRUE),
  list("F =~ x1 + x2 + x3; G =~ x4; G ~ F", std.lv = TRUE), list("F =~ x1 + x2 + x3; H =~ F; x7 ~ H", std.lv = TRUE),
  list("x7 + x8 ~ x1 + x2"), list("F =~ x1 + x2 + x3; Y ~ F; F =~ x4; Y =~ x7 + x8 + x9"),
  list("x8 ~ x2 + x1; x7 ~ x3 + x1; F =~ x4 + x5 + x6; F ~ x1; G =~ x9; x3 ~~ x2"),
  list("x7 ~~ x8; x1 ~~ x2; x3 ~ x7"),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; H =~ x7 + x8 + x9; G ~ a*F; H ~ a*F; G ~~ 0*H"),
  list("F =~ x1 + x2 + x3; x9 ~ F; x9 ~ sex; x3 ~ sex"), list("F =~ x1 + x2 + x3; sex ~~ ageyr; F ~ sex + ageyr"),
  list("F =~ x1 + x2 + x3; sex ~~ 0*ageyr; F ~ sex + ageyr + x9"), list("F =~ x1 + x2 + x3; F ~~ sex; F ~ ageyr"),
  list("x1 ~ a*x2 + a*x3; x2 ~ 0.5*x3"), list("x1 ~ 1; x2 ~ 1 + x3"),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; G ~~ F; x5 ~~ x1; x9 ~~ F"),
  list("F =~ x1 + x2 + equal('F=~x2')*x3"), list("F =~ x1 + equal('F=~x3')*x2 + x3 + x4"),
  list("F =~ x1 + x2 + equal('F=~x1')*x3 + x4"), list("F =~ x1 + 0.5*x2 + equal('F=~x2')*x3"),
  list("F =~ x1 + a*x2 + equal('a')*x3"), list("F =~ x1 + x2 + x3; x2 ~~ equal('x1~~x1')*x2"),
  list("F =~ x1 + x2 + x3; x2 ~ 1; x3 ~ equal('x2~1')*1"), list("F =~ equal('F=~x2')*x1 + x2 + x3"),
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; F ~~ G; x2 ~~ equal('F~~G')*x5"), list("F =~ x1 + x2 + x3", growth = TRUE),
  list("F =~ x1 + x2 + x3", growth = TRUE, std.lv = TRUE), list(curve, growth = TRUE),
  list(paste(curve, "; i ~ sex; s ~ sex; x1 ~ x5; x2 ~ x6"), growth = TRUE),
  list(paste(curve, "; x7 ~ i + s; x7 ~ 1; i ~ 0*1"), growth = TRUE),
  list(paste(curve, "; F =~ x7 + x8 + x9; F ~ i"), growth = TRUE),
  list(paste(curve, "; i ~ sex; x7 ~ s"), growth = TRUE, fixed.x = FALSE)
)
groups <- function(model, ..., group = "school") list(model, group = group, ...)
strict <- c("loadings", "intercepts", "residuals")
two <- "F =~ x1 + x2 + x3; G =~ x4 + x5 + x6"
full <- paste(two, "; x1 ~~ x4; G ~ F + sex; x9 ~ F + ageyr; x8 ~~ x9; F ~~ x7; x8 ~~ x7")
kinds <- c("loadings", "intercepts", "means", "residuals", "residual.covariances", "lv.variances", "lv.covariances",
  "regressions", "composite.loadings")
cases <- c(cases, list(
  groups(two), groups(two, group = "third"), groups(two, std.lv = TRUE), groups(full), groups(full, fixed.x = FALSE),
  groups("x7 ~ x1 + x2; x8 ~ x7 + x1"), groups("F =~ x1 + a*x2 + x3"), groups("F =~ x1 + a*x2 + a*x3"),
  groups("F =~ x1 + c(a, b)*x2 + c(a, b)*x3"), groups("F =~ x1 + c(a, a)*x2 + c(0.5, NA)*x3"),
  groups("F =~ x1 + c('a', NA)*x2 + x3"), groups("F =~ x1 + c(NA, 'a', 'a')*x2 + x3", group = "third"),
  groups("F =~ c(1, NA)*x1 + x2 + x3"), groups("F =~ c(NA, 1)*x1 + x2 + x3"), groups("F =~ c(NA, NA)*x1 + x2 + x3"),
  groups("F =~ c('a', NA)*x1 + x2 + x3"), groups("F =~ x1 + c(0.5, 0.7)*x2 + x3; x1 ~~ c(0, NA)*x2"),
  groups("F =~ x1 + start(0.3, 0.4)*x2 + start(0.5)*x3"), groups("F =~ x1 + c(1, NA)*x2 + c(a, a)*x2 + x3"),
  groups("F =~ x1 + c(1, NA)*x2 + c(a, b)*x2 + a*x3"), groups("F =~ x1 + c(a, b)*x2 + c(b, a)*x3 + x4"),
  groups("F =~ x1 + x2 + equal('F=~x2', 'F=~x2.g2')*x3"), groups("F =~ x1 + x2 + equal('F=~x2.g2', 'F=~x2.g2')*x3"),
  groups("F =~ x1 + c(a, b)*x2 + equal('b', 'a')*x3"), groups("F =~ x1 + x2 + x3; F ~ c(b1, b2)*sex + c(b2, b1)*ageyr"),
  groups("F =~ x1 + x2 + x3; F ~ c('a', NA)*1"), groups("F =~ x1 + x2 + x3; x1 ~ c(m, m)*1; F ~ c(0, NA)*1")),
  lapply(kinds, function(kind) groups(full, group.equal = kind)),
  lapply(kinds[2:7], function(kind) groups(paste(full, "; F ~~ sex"), fixed.x = FALSE, group.equal = kind)), list(
  groups(two, group.equal = strict), groups(two, group.equal = strict, group = "third"),
  groups(two, group.equal = c(strict, "means")), groups(two, group.equal = c("lv.variances", "lv.covariances")),
  groups(two, std.lv = TRUE, group.equal = "loadings"), groups(two, std.lv = TRUE, group.equal = strict, group = "third"),
  groups(two, std.lv = TRUE, group.equal = c("loadings", "lv.variances")),
  groups(two, std.lv = TRUE, group.equal = "intercepts"), groups(two, std.lv = TRUE, group.equal = kinds),
  groups(paste(two, "; F ~~ c(1, NA)*F; G ~~ NA*G"), std.lv = TRUE, group.equal = "loadings"),
  groups(paste(two, "; F ~~ F; G ~~ c(NA, 1)*G"), std.lv = TRUE, group.equal = "loadings"),
  groups(paste(two, "; F ~~ c(NA, 1)*F"), std.lv = TRUE, group.equal = "lv.variances"),
  groups(paste(two, "; F ~~ c(a, b)*F"), std.lv = TRUE, group.equal = c("loadings", "lv.variances")),
  groups(two, std.lv = TRUE, group.equal = "loadings", group.partial = c("F=~x1", "F=~x2", "F=~x3")),
  groups(two, std.lv = TRUE, group.equal = c("loadings", "lv.variances"), group.partial = "F~~F"),
  groups(two, group.equal = c("loadings", "intercepts"), group.partial = c("x1~1", "F =~ x2", "x5~1")),
  groups(two, group.equal = c("intercepts", "means"), group.partial = "F~1"),
  groups(paste(two, "; x1 ~~ x4; x5 ~~ x2; F ~~ G"), group.equal = c("residual.covariances", "lv.covariances"),
    group.partial = c("x1~~x4", "F~~G")),
  groups(two, group.equal = strict, group.partial = c("x1~~x1", "x4~~x4", "F=~x3")),
  groups(full, group.equal = c("regressions", "residuals"), group.partial = c("G~F", "x9~~x9")),
  groups(paste(two, "; F ~ 1"), group.equal = strict), groups(paste(two, "; F ~ 0*1"), group.equal = strict),
  groups(paste(two, "; F ~ c(0, NA)*1"), group.equal = strict), groups(paste(two, "; F ~ c(m, n)*1"), group.equal = strict),
  groups(paste(two, "; F ~ m*1"), group.equal = strict), groups(paste(two, "; F ~ 1; x1 ~ 0*1"), group.equal = strict),
  groups(paste(two, "; F ~ 1; x1 ~ 0*1"), group.equal = c("intercepts", "means")),
  groups(paste(two, "; F ~ 1"), group.equal = "means", group.partial = "F~1"),
  groups(paste(two, "; F ~ c(0, NA)*1"), group.equal = "means"),
  groups(paste(two, "; x1 ~ c(0, NA)*1"), group.equal = "intercepts"),
  groups(paste(two, "; x1 ~ c(a, b)*1"), group.equal = "intercepts"),
  groups("F =~ x1 + c(a, b)*x2 + x3", group.equal = "loadings"), groups("F =~ x1 + a*x2 + x3", group.equal = "loadings"),
  groups("F =~ x1 + a*x2 + x3", group.equal = "loadings", group.partial = "F=~x2"),
  groups("F =~ x1 + c('a', NA)*x2 + x3", group.equal = "loadings"),
  groups("F =~ x1 + c('a', NA, NA)*x2 + x3", group.equal = "loadings", group = "third"),
  groups("F =~ x1 + c(NA, 'a', NA)*x2 + x3", group.equal = "loadings", group = "third"),
  groups("F =~ x1 + c('a', 'b', 'a')*x2 + x3", group.equal = "loadings", group = "third"),
  groups("F =~ x1 + c(0.5, NA)*x2 + x3", group.equal = "loadings"),
  groups("F =~ x1 + c(NA, 0.5, NA)*x2 + x3", group.equal = "loadings", group = "third"),
  groups("F =~ x1 + c(0.5, NA)*x2 + x3", group.equal = "loadings", group.partial = "F=~x2"),
  groups("F =~ c(1, NA)*x1 + x2 + x3", group.equal = "loadings"),
  groups("F =~ c(NA, NA)*x1 + x2 + x3", group.equal = "loadings"),
  groups("F =~ x1 + start(0.5, 0.6)*x2 + x3", group.equal = "loadings"),
  groups("F =~ x1 + x2 + equal('F=~x2')*x3", group.equal = "loadings"),
  groups("F =~ x1 + a*x2 + a*x3 + x4", group.equal = "loadings"),
  groups("F =~ x1 + x2 + x3; F ~ c(b1, b1, b2)*sex", group.equal = c(strict, "regressions"), group = "third"),
  groups("F =~ x1 + x2 + x3; F ~ sex + ageyr", fixed.x = FALSE, group.equal = kinds),
  groups("F =~ x1 + x2 + x3; G =~ x4; G ~ F", group.equal = c("residuals", "lv.variances")),
  groups("F =~ x1 + x2 + x3; G =~ x4; G ~ F", std.lv = TRUE, group.equal = "loadings"),
  groups(paste(two, "; K =~ x7 + x8 + x9; H =~ F + G + K"), group.equal = c("loadings", "intercepts")),
  groups(paste(two, "; K =~ x7 + x8 + x9; H =~ F + G + K"), std.lv = TRUE, group.equal = "loadings"),
  groups("x7 ~ x1 + x2; x8 ~ x7 + x1", group.equal = c("intercepts", "regressions")),
  groups(two, group.partial = "F=~x2"),
  groups(curve, growth = TRUE), groups(curve, growth = TRUE, group.equal = "intercepts"),
  groups(curve, growth = TRUE, group.equal = "means"), groups(curve, growth = TRUE, group.equal = kinds, group = "third"),
  groups(curve, growth = TRUE, group.equal = "means", group.partial = "i~1"),
  groups(paste(curve, "; i ~ c(a, b)*1"), growth = TRUE, group.equal = "means"),
  groups(paste(curve, "; x7 ~ i; i ~~ c(a, a)*s; i ~ sex"), growth = TRUE, group.equal = c("intercepts", "regressions"))
))

# The row that stands for a parameter: the first of those that lavaan holds equal, by their own labels (`.p2.`).
first_of <- function(table, rows) {
  first <- seq_len(nrow(rows))
  for (i in which(table$op == "==" & table$lhs %in% rows$plabel & table$rhs %in% rows$plabel)) {
    pair <- first[match(c(table$lhs[i], table$rhs[i]), rows$plabel)]
    first[first %in% pair] <- min(pair)
  }
  first
}

records <- lapply(cases, function(case) {
  options <- case[-1]
  growth <- isTRUE(options$growth)
  call <- c(list(model = case[[1]], data = data, do.fit = FALSE), options[names(options) != "growth"])
  table <- parTable(suppressWarnings(do.call(if (growth) "growth" else "sem", call)))
  rows <- subset(table, !op %in% c("==", ":="))
  first <- first_of(table, rows)
  free <- rows$free > 0
  label <- ifelse(grepl("^[.]p[0-9]+[.]$|~", rows$label), "", rows$label)
  names(options) <- gsub(".", "_", names(options), fixed = TRUE)
  if (!is.null(options$group)) options$group <- as.character(unique(data[[options$group]]))
  many <- names(options) %in% c("group", "group_equal", "group_partial")
  names(options) <- sub("^group$", "groups", sub("meanstructure", "mean_structure", names(options)))
  options[!many] <- lapply(options[!many], unbox)
  list(model = unbox(case[[1]]), options = if (length(options)) options else setNames(list(), character(0)),
    means = unbox(any(rows$op == "~1")),
    rows = lapply(seq_len(nrow(rows)), function(i) {
      list(unbox(rows$lhs[i]), unbox(rows$op[i]), unbox(rows$rhs[i]), unbox(if (is.null(rows$group)) 1 else rows$group[i]),
        unbox(label[i]), unbox(rows$exo[i] > 0), unbox(if (free[i] || rows$exo[i] > 0) NA else rows$ustart[i]),
        unbox(if (free[i]) rows$ustart[i] else NA), unbox(if (free[i]) first[i] else NA))
    }))
})
lines <- vapply(records, toJSON, "", digits = NA, na = "null")
writeLines(c("[", paste0(lines, c(rep(",", length(lines) - 1), "")), "]"), "tests/golden/covariance/tables.json")
