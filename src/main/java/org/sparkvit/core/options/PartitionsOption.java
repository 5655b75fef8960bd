package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --partitions}, for commands that deal images out to tasks. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "partitions",
    standard = "0",
    least = 0,
    greatest = 100000,
    advanced = true,
    help = "Spark partitions that images are dealt out to; 0 chooses by cores and images.")
public @interface PartitionsOption {}
