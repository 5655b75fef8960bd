package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --seed}, for commands that draw at random. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "seed",
    label = "N",
    standard = "0",
    help =
        "Decides everything that is drawn at random. The same seed and input give the same output.")
public @interface SeedOption {}
