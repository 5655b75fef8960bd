package org.sparkvit.cli;

import java.util.List;
import org.sparkvit.pipeline.audit.AuditStage;
import org.sparkvit.pipeline.balance.BalanceStage;
import org.sparkvit.pipeline.decisions.DecisionsStage;
import org.sparkvit.pipeline.evaluate.CalibrateStage;
import org.sparkvit.pipeline.evaluate.EvaluateStage;
import org.sparkvit.pipeline.explain.ExplainStage;
import org.sparkvit.pipeline.gate.GateStage;
import org.sparkvit.pipeline.relabel.RelabelStage;
import org.sparkvit.pipeline.repair.RepairStage;
import org.sparkvit.pipeline.report.ReportStage;
import org.sparkvit.pipeline.score.ScoreStage;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.tools.bench.BenchStage;

/** The stages of the pipeline, in the order of the work. Each is a command of its name. */
final class Stages {
  /** All stages. A new one is added here. */
  static final List<Stage<?>> ALL =
      List.of(
          new AuditStage(),
          new RepairStage(),
          new GateStage(),
          new BalanceStage(),
          new ScoreStage(),
          new EvaluateStage(),
          new CalibrateStage(),
          new ExplainStage(),
          new RelabelStage(),
          new DecisionsStage(),
          new ReportStage(),
          new BenchStage());

  private Stages() {}
}
