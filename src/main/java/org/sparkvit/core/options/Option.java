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
 * <p>A component that is itself a record with options needs no annotation: its options are those of
 * the record around it, too.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.ANNOTATION_TYPE})
public @interface Option {
  /**
   * The name without dashes, which is also the key in files and records. By default it is the
   * component's name, with a dash in front of what was a capital letter.
   */
  String name() default "";

  /** One letter that stands for the name on the command line; none by default. */
  String letter() default "";

  /** What the help shows in place of the value, such as {@code URI}. */
  String label() default "";

  /**
   * The value where none is given, written as a person would. An option without one is required,
   * unless its type is {@code Optional}, {@code List}, {@code Map} or {@code boolean}, which are
   * then empty or false.
   */
  String standard() default "";

  /** What the option does, in sentences, without the default, which the help adds. */
  String help();

  /** The least number that is allowed. */
  double least() default Double.NEGATIVE_INFINITY;

  /** The greatest number that is allowed. */
  double greatest() default Double.POSITIVE_INFINITY;

  /** Whether a number has to be more than {@link #least}, and not only as much. */
  boolean aboveLeast() default false;

  /** Whether a number has to be less than {@link #greatest}, and not only as much. */
  boolean belowGreatest() default false;

  /** The texts that are allowed; by default all. An enum allows its constants. */
  String[] choices() default {};

  /** Whether the flag means {@code false}: {@code --no-plan} for a component {@code usePlan}. */
  boolean inverted() default false;

  /** Whether the value stands on the command line without the option's name. */
  boolean positional() default false;

  /** Whether only {@code --help-all} shows it, and not {@code --help}. */
  boolean advanced() default false;
}
