# Rscript make_goldens.R (from this folder): what psych, semTools and lavaan say of gaps, normality and completed data.
# psych 2.2.9, semTools 0.5-6, lavaan 0.6-14
suppressMessages({library(psych); library(semTools); library(lavaan); library(jsonlite)})
read <- function(name) read.csv(file.path("../../data", name))
found <- list()

# Mardia: these packages divide covariances by n - 1
normal <- function(data) {
  m <- mardia(data, plot = FALSE)
  list(n = m$n.obs, b1p = m$b1p, b2p = m$b2p, skew = m$skew, small_skew = m$small.skew, kurtosis = m$kurtosis)
}
found$normality <- list(hs = normal(read("hs.csv")[paste0("x", 1:9)]),
                        bfi = normal(read("bfi.csv")[1:25]),
                        mobile = normal(read("mobile.csv")))

# Gaps filled by a formula, so that every program has the same completed data: mean + .9 sd sin(i + 7j + 3k)
complete <- function(data, items, m = 5) lapply(seq_len(m), function(k) {
  for (j in seq_along(items)) {
    column <- data[[items[j]]]
    gap <- which(is.na(column))
    data[[items[j]]][gap] <- mean(column, na.rm = TRUE) + .9 * sd(column, na.rm = TRUE) * sin(gap + 7 * j + 3 * k)
  }
  data
})
items <- paste0("x", 1:9)
three <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
cases <- list(
  ml = list(model = three, args = list()),
  means = list(model = three, args = list(meanstructure = TRUE)),
  orthogonal = list(model = paste0(three, "\nvisual ~~ 0*textual"), args = list()),
  groups = list(model = three, args = list(group = "school", group.equal = c("loadings", "intercepts"))),
  mlr = list(model = three, args = list(estimator = "MLR")),
  gls = list(model = three, args = list(estimator = "GLS")),
  covariates = list(model = paste0(three, "\nvisual + textual + speed ~ sex + age"), args = list())
)
stacked_deviance <- function(fit) as.numeric(-2 * fitMeasures(fit, c("logl", "unrestricted.logl")))
for (name in names(cases)) {
  one <- cases[[name]]
  source <- if (name == "covariates") read("hs_gaps_covariates.csv") else read("hs_gaps.csv")
  data <- complete(source, if (name == "covariates") c(items, "age") else items)
  fit <- do.call("sem.mi", c(list(one$model, data = data), one$args))
  out <- list(model = one$model, args = one$args)
  own <- as.data.frame(summary(fit, fmi = TRUE, ci = FALSE, output = "data.frame"))
  se <- sqrt(diag(getMethod("vcov", "lavaan.mi")(fit, scale.W = FALSE)))
  out$coef <- as.list(getMethod("coef", "lavaan.mi")(fit)); out$se <- as.list(se)
  free <- !is.na(own$df)
  rows <- own[free & own$op != ":=", c("lhs", "op", "rhs", "df", "riv")]
  out$rows <- rows
  asked <- if (name == "gls") "D2" else c("D2", "D3")
  for (test in asked) {
    got <- if (name == "mlr") lavTestLRT.mi(fit, test = test, asymptotic = TRUE) else lavTestLRT.mi(fit, test = test)
    out[[test]] <- as.list(unclass(got))
  }
  if (name != "gls") {
    each <- lapply(data, function(d) do.call("sem", c(list(one$model, data = d), one$args)))
    stack <- do.call("sem", c(list(one$model, data = do.call(rbind, data)), one$args))
    out$own_deviances <- sapply(each, stacked_deviance)
    out$stacked_deviances <- stacked_deviance(stack)
    out$stacked_chisq <- as.numeric(fitMeasures(stack, "chisq"))
    out$stacked_baseline <- as.numeric(fitMeasures(stack, "baseline.chisq"))
  }
  found[[name]] <- out
}
data <- complete(read("hs_gaps.csv"), items)
larger <- sem.mi(cases$ml$model, data = data); smaller <- sem.mi(cases$orthogonal$model, data = data)
found$difference <- lapply(c(D2 = "D2", D3 = "D3"), function(test) as.list(unclass(lavTestLRT.mi(smaller, h1 = larger, test = test))))
write(toJSON(found, auto_unbox = TRUE, digits = NA, pretty = 1), "goldens.json")
