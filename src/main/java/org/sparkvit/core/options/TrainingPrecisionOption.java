package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --precision}, for commands that train a whole model. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "precision",
    standard = "auto",
    choices = {"auto", "fp32", "bf16", "fp16"},
    advanced = true,
    help =
        "What the model multiplies in; its weights stay in fp32. auto is bf16 on GPUs and on"
            + " processors where it is faster, else fp32; fp16 is for GPUs.")
public @interface TrainingPrecisionOption {}
