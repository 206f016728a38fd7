# Oracle numbers of Cox models that oracles.R lacks: standard errors of the public sets, late entry, weights.
# Run in this folder: Rscript oracles_cox.R [whas500_sksurv.csv]; writes reference_cox.json, gbsg.csv and heart.csv.
suppressMessages({library(survival);library(jsonlite)})
R <- list(); put <- function(id,what,input,values,tol=1e-6,note="") R[[id]] <<- list(what=what,input=input,values=values,tol=tol,note=note)
nv <- function(x) as.list(setNames(as.numeric(x),names(x)))
ctl <- coxph.control(eps=1e-11,toler.chol=1e-13,iter.max=50)
of <- function(m) list(coef=nv(coef(m)),se=nv(sqrt(diag(vcov(m)))),loglik=m$loglik)
zph <- function(m) lapply(as.data.frame(t(cox.zph(m,transform="km")$table)),as.list)
pred <- function(m,nd,at) { s<-summary(survfit(m,nd),times=at); list(at=at,surv=s$surv,lo=s$lower,hi=s$upper) }

write.csv(gbsg,"gbsg.csv",row.names=FALSE); g <- gbsg
h <- heart[,c("id","start","stop","event","age","year","surgery","transplant")]; h$transplant <- as.integer(as.character(h$transplant)); write.csv(h,"heart.csv",row.names=FALSE)
h <- read.csv("heart.csv"); d <- read.csv("cohort.csv"); d$any <- as.integer(d$event>0)

m <- coxph(Surv(rfstime,status)~age+hormon+meno+nodes+pgr+size,g,control=ctl)
put("S7_cox_gbsg","Cox (Efron) of S2's second set, from R's survival package (meno = 1 post, S2 has the dummy of pre): coefficients, SE, log-likelihoods, cox.zph (km), predicted survival of age 50, hormon 1, meno 1, nodes 3, pgr 100, size 25","gbsg.csv",c(of(m),list(zph=zph(m),pred=pred(m,data.frame(age=50,hormon=1,meno=1,nodes=3,pgr=100,size=25),c(365,1000,2000)))))
f <- Surv(start,stop,event)~age+year+surgery+transplant; nd <- data.frame(age=0,year=2,surgery=0,transplant=1)
e <- coxph(f,h,control=ctl); b <- coxph(f,h,ties="breslow",control=ctl)
rg <- coxph(Surv(start,stop,event)~ridge(age,year,surgery,transplant,theta=5,scale=FALSE),h,control=ctl)
put("S8_cox_entry","Cox with entry (start, stop] of the Stanford heart transplants: Efron and Breslow, cox.zph (km), predicted survival of age 0, year 2, surgery 0, transplant 1; ridge Efron with theta 5","heart.csv",list(efron=c(of(e),list(zph=zph(e),pred=pred(e,nd,c(30,100,500)))),breslow=c(of(b),list(zph=zph(b),pred=pred(b,nd,c(30,100,500)))),ridge=nv(setNames(coef(rg),c("age","year","surgery","transplant")))))
w <- seq_len(nrow(d))%%3; cf <- Surv(time,any)~age+illdef+gtr+mcc; k <- rep(seq_len(nrow(d)),w)
put("S9_cox_weights","Cox of S1 where row i (from 1) is there i mod 3 times: Efron on copied rows; Breslow with half of that as case weights","cohort.csv",list(efron_copies=of(coxph(cf,d[k,],control=ctl)),breslow_half=of(coxph(cf,d[w>0,],weights=w[w>0]/2,ties="breslow",robust=FALSE,control=ctl))),note="R's case weights under Efron's ties are no copies: they share out the mean weight of the tied rows")
a <- commandArgs(TRUE)
if (length(a)) { x <- read.csv(a[1]); put("S10_cox_whas500","Cox (Efron) of S2's first set: coefficients, SE, log-likelihoods, cox.zph (km)","whas500_sksurv.csv, not kept here",{ m<-coxph(Surv(time,status)~age+bmi+hr+sysbp,x,control=ctl); c(of(m),list(zph=zph(m))) }) }
R$.versions <- list(R=R.version.string,survival=as.character(packageVersion("survival")))
write_json(R,"reference_cox.json",auto_unbox=TRUE,digits=15,pretty=TRUE,na="null")
