package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a component of a record is an option of a command. {@link Options} reads the
 * declaration. An annotation that carries this one is an option that several commands share, such
 * as {@link WorkspaceOption}.
 *
 * <p>A component that is itself a record with options needs no annotation. Its options are also
 * options of the record around it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.ANNOTATION_TYPE})
public @interface Option {
  /**
   * Returns the name without dashes, which is also the key in files and records. By default it is
   * the component's name, with a dash in front of each former capital letter.
   */
  String name() default "";

  /** Returns the letter that stands for the name on the command line; none by default. */
  String letter() default "";

  /** Returns the placeholder of the value in the help, such as {@code URI}. */
  String label() default "";

  /**
   * Returns the default value, written as a person would. An option without one is required, unless
   * its type is {@code Optional}, {@code List}, {@code Map} or {@code boolean}, which are then
   * empty or false.
   */
  String standard() default "";

  /** Returns sentences on what the option does, without the default, which the help adds. */
  String help();

  /** Returns the least number that is allowed. */
  double least() default Double.NEGATIVE_INFINITY;

  /** Returns the greatest number that is allowed. */
  double greatest() default Double.POSITIVE_INFINITY;

  /** Returns whether a number has to be greater than {@link #least}, and not just equal. */
  boolean aboveLeast() default false;

  /** Returns whether a number has to be less than {@link #greatest}, and not just equal. */
  boolean belowGreatest() default false;

  /** Returns the texts that are allowed; by default all are. An enum allows its constants. */
  String[] choices() default {};

  /**
   * Returns whether the flag means {@code false}, as {@code --no-plan} does for a component {@code
   * usePlan}.
   */
  boolean inverted() default false;

  /** Returns whether the value stands on the command line without the option's name. */
  boolean positional() default false;

  /**
   * Returns whether commas stand between several values of a list. Paths may have commas in them,
   * so of a list of paths each value is given with the flag again.
   */
  boolean splitsAtCommas() default true;

  /** Returns whether only {@code --help-all} shows the option, and not {@code --help}. */
  boolean advanced() default false;
}
