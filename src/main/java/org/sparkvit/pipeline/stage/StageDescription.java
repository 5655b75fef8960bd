package org.sparkvit.pipeline.stage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what a {@link Stage} is for: its name as a command, and the words of its help. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StageDescription {
  /** The name of the command, such as {@code score}. */
  String name();

  /** Where the overview of commands lists it. */
  Group group();

  /** What it does, in sentences. The first one stands in the overview. */
  String[] help();

  /** Whether {@code --as-of} can have it read earlier versions of tables. */
  boolean readsEarlierVersions() default false;

  /** Whether the command line shows how far Spark's jobs are while it runs. */
  boolean showsSparkProgress() default true;
}
