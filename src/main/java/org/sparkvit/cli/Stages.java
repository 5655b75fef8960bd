package org.sparkvit.cli;

import java.util.List;
import org.sparkvit.pipeline.audit.AuditStage;
import org.sparkvit.pipeline.balance.BalanceStage;
import org.sparkvit.pipeline.catalog.CatalogStage;
import org.sparkvit.pipeline.decisions.DecisionsStage;
import org.sparkvit.pipeline.doctor.DoctorStage;
import org.sparkvit.pipeline.evaluate.CalibrateStage;
import org.sparkvit.pipeline.evaluate.EvaluateStage;
import org.sparkvit.pipeline.explain.ExplainStage;
import org.sparkvit.pipeline.gate.GateStage;
import org.sparkvit.pipeline.labels.LabelsStage;
import org.sparkvit.pipeline.maintenance.ExportStage;
import org.sparkvit.pipeline.maintenance.HistoryStage;
import org.sparkvit.pipeline.maintenance.ModelsStage;
import org.sparkvit.pipeline.maintenance.RegisterStage;
import org.sparkvit.pipeline.maintenance.VacuumStage;
import org.sparkvit.pipeline.pack.PackStage;
import org.sparkvit.pipeline.probe.ProbeStage;
import org.sparkvit.pipeline.relabel.RelabelStage;
import org.sparkvit.pipeline.repair.RepairStage;
import org.sparkvit.pipeline.report.ReportStage;
import org.sparkvit.pipeline.resample.ResampleStage;
import org.sparkvit.pipeline.score.ScoreStage;
import org.sparkvit.pipeline.split.SplitStage;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.synthesize.SynthesizeStage;
import org.sparkvit.pipeline.train.TrainStage;
import org.sparkvit.pipeline.tune.TuneStage;
import org.sparkvit.tools.bench.BenchStage;

/** Lists the stages of the pipeline, in the order of the work. Each is a command under its name. */
final class Stages {
  /** All stages. Add a new stage here. */
  static final List<Stage<?>> ALL =
      List.of(
          new CatalogStage(),
          new PackStage(),
          new AuditStage(),
          new LabelsStage(),
          new GateStage(),
          new RepairStage(),
          new SynthesizeStage(),
          new SplitStage(),
          new BalanceStage(),
          new ResampleStage(),
          new TrainStage(),
          new TuneStage(),
          new ProbeStage(),
          new ScoreStage(),
          new RelabelStage(),
          new DecisionsStage(),
          new EvaluateStage(),
          new CalibrateStage(),
          new ExplainStage(),
          new ReportStage(),
          new ModelsStage(),
          new HistoryStage(),
          new VacuumStage(),
          new ExportStage(),
          new DoctorStage(),
          new RegisterStage(),
          new BenchStage());

  private Stages() {}
}
