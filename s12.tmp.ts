import { simulate } from '/work/h/int/src/simulation/simulate';
(async()=>{ const r = await simulate(Number(process.argv[2]), 90, {} as never); console.log(JSON.stringify({ok:r.ok, crossed:r.crossed, snapshots:r.snapshots, v:r.violations.slice(0,6).map((v:any)=>v.at+' '+v.what)},null,1)); })();
