# Makes tables.json: the parameter tables that lavaan 0.6-14 implies, for many small models.
#   Rscript tests/golden/covariance/make_tables.R
suppressMessages({ library(lavaan); library(jsonlite) })
data <- read.csv("tests/data/hs.csv")

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
  list("F =~ x1 + x2 + x3; G =~ x4 + x5 + x6; G ~~ F; x5 ~~ x1; x9 ~~ F")
)
records <- lapply(cases, function(case) {
  fit <- suppressWarnings(do.call("sem", c(list(model = case[[1]], data = data, do.fit = FALSE), case[-1])))
  table <- subset(parTable(fit), !op %in% c("==", ":="))
  options <- case[-1]
  names(options) <- gsub(".", "_", names(options), fixed = TRUE)
  list(model = unbox(case[[1]]), options = if (length(options)) lapply(options, unbox) else setNames(list(), character(0)),
    rows = lapply(seq_len(nrow(table)), function(i) {
      value <- if (table$free[i] > 0 || table$exo[i] > 0) NA else table$ustart[i]
      list(unbox(table$lhs[i]), unbox(table$op[i]), unbox(table$rhs[i]), unbox(table$free[i] > 0), unbox(value))
    }))
})
write(toJSON(records, digits = NA, na = "null"), "tests/golden/covariance/tables.json")
