# lavaan.json, by lavaan 0.6-14: Rscript make.R, in this folder. hs_efa_geomin.json is of lavaan 0.7-2.3170:
# cfa('efa("e")*f1 + efa("e")*f2 + efa("e")*f3 =~ x1+x2+x3+x4+x5+x6+x7+x8+x9', d), geomin.
# Left out of the file: quartimax (it fails on correlated factors), bentler, bigeomin and biquartimin (it stops at a
# higher value than there is), a full target (it ends at a higher value), promax of bfi (varimax of `stats` stops early).
# psych.json, by psych 2.2.9: KMO(cor(d)), cortest.bartlett(cor(d), n = nrow(d)).
suppressMessages(library(lavaan)); library(jsonlite)
D <- function(n) read.csv(paste0("../../data/",n,".csv"))
HS <- 'efa("e")*f1 + efa("e")*f2 + efa("e")*f3 =~ x1+x2+x3+x4+x5+x6+x7+x8+x9'
E2 <- 'efa("e")*f1 + efa("e")*f2 =~ x1+x2+x3+x4+x5+x6'
snake <- function(x) gsub(".","_",x,fixed=TRUE)
out <- list()
case <- function(...) { r <- try(case_(...),silent=TRUE); if(inherits(r,"try-error")) cat("FAILED", ..1, r) }
case_ <- function(name, model, data, ..., rotation="geomin", args=list()) {
  f <- try(suppressWarnings(sem(model, D(data), rotation=rotation, rotation.args=args, optim.gradient="analytic", control=list(rel.tol=1e-11), ...)),silent=TRUE)
  if(inherits(f,"try-error")) {cat(name,f); return()}
  p <- parameterEstimates(f); s <- try(standardizedSolution(f),silent=TRUE)
  if(inherits(s,"try-error")) s<-NULL
  fm <- fitMeasures(f,c("npar","chisq","df","cfi","tli","rmsea","srmr","logl"))
  if(is.null(p$group)) p$group <- 1
  q<-parTable(f); 
  r <- list(model=model,data=data,rotation=rotation,args=args,options=list(...),fit=as.list(fm),
    est=p[,intersect(c("lhs","op","rhs","group","est","se"),names(p))], std=if(is.null(s)) NULL else s[,intersect(c("lhs","op","rhs","group","est.std","se"),names(s))])
  out[[name]] <<- r
}
for (r in c("oblimin","quartimin","varimax","promax","cf-varimax","cf-equamax","cf-parsimax","cf-facparsim","infomax","entropy","mccammon","bentler","bigeomin","biquartimin","quartimax")) case(paste0("hs_",r),HS,"hs",rotation=r)
case("hs_oblimin_kaiser",HS,"hs",rotation="oblimin",args=list(row.weights="kaiser"))
case("hs_varimax_unweighted",HS,"hs",rotation="varimax",args=list(row.weights="none"))
case("hs_geomin_epsilon",HS,"hs",args=list(geomin.epsilon=.01))
case("hs_geomin_raw",HS,"hs",args=list(std.ov=FALSE))
case("hs_geomin_orthogonal",HS,"hs",args=list(orthogonal=TRUE))
case("hs_sumofsquares",HS,"hs",rotation="quartimin",args=list(order.lv.by="sumofsquares"))
Tg <- matrix(0,9,3); Tg[1:3,1]<-Tg[4:6,2]<-Tg[7:9,3]<-.7; Mk <- 1*(Tg==0)
case("hs_pst",HS,"hs",rotation="pst",args=list(target=Tg,target.mask=Mk))
case("esem_path",paste0(E2,"\n g =~ x7+x8+x9\n g ~ f1 + f2"),"hs",rotation="quartimin")
case("esem_path_geomin",paste0(E2,"\n g =~ x7+x8+x9\n g ~ f1 + f2"),"hs")
case("esem_mimic",paste0(E2,"\n f1 + f2 ~ ageyr + sex"),"hs",rotation="quartimin")
case("esem_mimic_raw",paste0(E2,"\n f1 + f2 ~ ageyr + sex"),"hs",rotation="quartimin",args=list(std.ov=FALSE))
case("esem_mimic_varimax",paste0(E2,"\n f1 + f2 ~ ageyr + sex"),"hs",rotation="varimax")
case("esem_cov",paste0(E2,"\n g =~ x7+x8+x9"),"hs",rotation="quartimin")
case("hs_mlr",HS,"hs",rotation="quartimin",estimator="MLR")
case("hs_mlm",HS,"hs",rotation="quartimin",estimator="MLM")
case("hs_gaps",HS,"hs_gaps",rotation="quartimin",missing="ml")
case("hs_means",HS,"hs",rotation="quartimin",meanstructure=TRUE)
case("groups",HS,"hs",rotation="quartimin",group="school")
case("groups_loadings",HS,"hs",rotation="quartimin",group="school",group.equal="loadings")
case("groups_scalar",HS,"hs",rotation="quartimin",group="school",group.equal=c("loadings","intercepts"))
Dm <- 'efa("a")*a1 + efa("a")*a2 =~ y1+y2+y3+y4+y5+y6+y7+y8
 ind60 =~ x1+x2+x3
 a1 + a2 ~ ind60'
case("democracy",Dm,"democracy",rotation="quartimin")
B5 <- paste(paste(sprintf('efa("b")*f%d',1:5),collapse=" + "),"=~",paste(names(D("bfi"))[1:25],collapse="+"))
case("bfi_oblimin",B5,"bfi",rotation="oblimin")
case("bfi_geomin",B5,"bfi",rotation="geomin",args=list(geomin.epsilon=.01))
case("bfi_promax",B5,"bfi",rotation="promax")
writeLines(toJSON(out,digits=10,auto_unbox=TRUE,na="null"),"lavaan.json")
