package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --max-minutes}, for commands that can stop and be run again for the rest. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "max-minutes",
    label = "N",
    standard = "0",
    least = 0,
    greatest = 100_000,
    help =
        "Begin nothing new after so many minutes, and say how much is left for the next run; 0 for"
            + " no limit.")
public @interface MaxMinutesOption {}
