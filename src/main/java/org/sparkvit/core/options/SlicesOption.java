package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --slices}, for commands that look at kinds of images one by one. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "slices",
    label = "COLUMN",
    help =
        "Columns of the table 'images', with commas between them. Each of their values is looked"
            + " at on its own.")
public @interface SlicesOption {}
