package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --overwrite}, for commands that write something as a whole. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "overwrite",
    help =
        "Replace what an earlier run of this command has written. What was there stays readable as"
            + " an earlier version.")
public @interface OverwriteOption {}
