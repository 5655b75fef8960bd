package org.sparkvit.core.options;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The option {@code --workspace}, which every command has. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Option(
    name = "workspace",
    letter = "w",
    label = "URI",
    help =
        "Folder of the tables, models and reports: a path, s3a://bucket/folder, hdfs:, dbfs:, ...")
public @interface WorkspaceOption {}
