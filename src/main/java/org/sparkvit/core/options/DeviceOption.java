package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --device}, for commands that run a model. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "device",
    standard = "auto",
    choices = {"auto", "cpu", "gpu"},
    help = "Where the model runs; gpu fails at once where there is none.")
public @interface DeviceOption {}
