package org.sparkvit.pipeline.stage;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.AsOf;

/**
 * One stage of the pipeline, which is also one command. A subclass describes itself in a {@link
 * StageDescription}, declares its options in a record of {@linkplain
 * org.sparkvit.core.options.Option options}, and does its work in {@link #run(StageContext,
 * Record)}. It reads its inputs and writes its outputs through the {@link StageContext}. This class
 * checks outputs, keeps the record of the run, frees cached rows, and reports the time and the last
 * line for all stages.
 *
 * <p>A stage has no state, so one object can be used for any number of runs.
 *
 * @param <C> the record of the stage's options, with a component for {@code --workspace}
 */
public abstract class Stage<C extends Record> {
  private static final String WORKSPACE = "workspace";
  private static final String OVERWRITE = "overwrite";

  private final Class<C> options;

  /**
   * Creates the stage.
   *
   * @param options the class of the record of its options
   */
  protected Stage(Class<C> options) {
    this.options = options;
  }

  /** Returns the name of the command. */
  public final String name() {
    return description().name();
  }

  /** Returns the description of the stage. */
  public final StageDescription description() {
    return getClass().getAnnotation(StageDescription.class);
  }

  /** Returns the class of the record of its options. */
  public final Class<C> options() {
    return options;
  }

  /**
   * Checks options as far as that is possible without Spark and the workspace, such as the files
   * that they name.
   *
   * @throws UserException when the stage cannot run with them
   */
  protected void check(C config) {}

  /**
   * Returns the tables that this run replaces as a whole. Where one exists already and {@code
   * --overwrite} is not given, the run is refused before any work. A stage that writes several
   * tables returns the one that it writes last, so that an interrupted run can be repeated.
   */
  protected List<TableSpec> replaces(C config) {
    return List.of();
  }

  /**
   * Returns the tables that this run writes whether they exist or not. The run is refused before
   * any work where it cannot write to them.
   */
  protected List<TableSpec> appends(C config) {
    return List.of();
  }

  /**
   * Returns whether this run never writes to the workspace, and so needs no permission to write.
   */
  protected boolean readsOnly(C config) {
    return false;
  }

  /** Does the work. */
  protected abstract void run(StageContext context, C config);

  /**
   * Creates the record of options from texts, and checks it.
   *
   * @param given the texts by the options' names, one for each time that an option was given
   * @throws UserException when the stage cannot run with them
   */
  public final C read(Map<String, List<String>> given) {
    C config = Options.read(options, given);
    check(config);
    return config;
  }

  /**
   * Runs the stage on the latest versions of its inputs, as {@link #run(SparkSession, Record, AsOf,
   * Progress)} does.
   */
  public final RunRecord run(SparkSession spark, C config, Progress progress) {
    return run(spark, config, AsOf.LATEST, progress);
  }

  /**
   * Runs the stage.
   *
   * @param asOf the versions of tables to read
   * @param progress receives the lines that say how far the stage is
   * @return the record of the run
   * @throws UserException when the options, the inputs or the workspace do not allow the run
   */
  public final RunRecord run(SparkSession spark, C config, AsOf asOf, Progress progress) {
    Options.check(config);
    check(config);
    Map<String, Object> values = Options.values(config);
    String workspace = values.get(WORKSPACE).toString();
    UserException.require(!workspace.isBlank(), "--workspace", workspace, "a folder");
    StageContext context =
        StageContext.open(spark, name(), workspace, readsOnly(config), asOf, values, progress);
    context.metrics().stageBegins();
    try {
      boolean overwrite = Boolean.TRUE.equals(values.get(OVERWRITE));
      replaces(config).forEach(table -> context.workspace().requireAbsent(table, overwrite));
      context.workspace().requireWritable(appends(config).toArray(new TableSpec[0]));
      run(context, config);
      context.sayNext();
      return context.record();
    } finally {
      context.metrics().stageEnds();
      context.close();
    }
  }
}
