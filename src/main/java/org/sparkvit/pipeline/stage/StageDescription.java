package org.sparkvit.pipeline.stage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes a {@link Stage}: its name as a command, and the text of its help. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StageDescription {
  /** Returns the name of the command, such as {@code score}. */
  String name();

  /** Returns the group in which the overview of commands lists it. */
  Group group();

  /** Returns sentences on what the stage does. The first one is shown in the overview. */
  String[] help();

  /** Returns whether {@code --as-of} can have the stage read earlier versions of tables. */
  boolean readsEarlierVersions() default false;

  /** Returns whether the command line shows the progress of Spark's jobs while the stage runs. */
  boolean showsSparkProgress() default true;
}
