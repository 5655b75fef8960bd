package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --decode-threads}, for commands that read images. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "decode-threads",
    standard = "2",
    least = 1,
    greatest = 1024,
    advanced = true,
    help = "Threads of a Spark task that read and decode images.")
public @interface DecodeThreadsOption {}
