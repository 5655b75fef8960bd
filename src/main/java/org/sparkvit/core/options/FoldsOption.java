package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --folds}, for commands that cross-validate by themselves. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "folds",
    label = "K",
    standard = "5",
    least = 2,
    greatest = 1000,
    help =
        "Number of parts of cross-validation: each part is judged by what has been trained on the"
            + " others.")
public @interface FoldsOption {}
