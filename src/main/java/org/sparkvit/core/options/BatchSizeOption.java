package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --batch-size}, for commands that run a model without training it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "batch-size",
    standard = "16",
    least = 1,
    greatest = 65536,
    advanced = true,
    help = "Images in a forward pass, a multiple of 16.")
public @interface BatchSizeOption {}
