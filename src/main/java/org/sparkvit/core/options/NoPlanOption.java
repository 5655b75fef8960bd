package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --no-plan}, for commands that train; the component says whether it counts. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "no-plan",
    inverted = true,
    help = "Ignore the table 'plan': show every image once, with weight 1.")
public @interface NoPlanOption {}
