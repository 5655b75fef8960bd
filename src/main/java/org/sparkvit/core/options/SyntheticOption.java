package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --synthetic}, for commands that train on images. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "synthetic",
    advanced = true,
    help = "Show the images that 'synthesize' made as well, each once with weight 1.")
public @interface SyntheticOption {}
