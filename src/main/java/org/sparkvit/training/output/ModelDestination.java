package org.sparkvit.training.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.ModelVersions;

/**
 * The place where a training publishes its model, as a {@linkplain ModelVersions version} under a
 * name, on any Hadoop file system. A former version stays, and stays current until the new one is
 * complete.
 */
public final class ModelDestination {
  private final ModelVersions versions;
  private final Path folder;
  private final Optional<String> former;

  private ModelDestination(ModelVersions versions, Path folder, Optional<String> former) {
    this.versions = versions;
    this.folder = folder;
    this.former = former;
  }

  /**
   * Checks and returns a destination.
   *
   * @param uri the URI of the model's folder
   * @param overwrite whether an existing model may get a further version
   * @throws UserException when a model exists and may not be overwritten, something else exists
   *     there, or the place cannot be written
   */
  public static ModelDestination at(SparkSession spark, String uri, boolean overwrite) {
    Path folder = new Path(uri);
    try {
      FileSystem fs = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      ModelVersions versions = new ModelVersions(fs, fs.makeQualified(folder));
      Optional<String> former = versions.pointer().map(ModelVersions.Pointer::version);
      if (!overwrite && former.isPresent()) {
        throw new UserException(
            "model '"
                + uri
                + "' exists already; pass --overwrite to publish a further version of it, or choose"
                + " another --name");
      }
      versions
          .inTheWay()
          .ifPresent(
              what -> {
                throw new UserException(what + "; choose another --name, or move it away");
              });
      versions.discardAbandoned();
      // A place that cannot be written to fails here and not after hours of training.
      fs.mkdirs(folder.getParent());
      return new ModelDestination(versions, folder, former);
    } catch (IOException e) {
      throw new UserException("model '" + uri + "' cannot be written: " + e.getMessage(), e);
    }
  }

  /** Returns the URI of the version that a run publishes. */
  public String location(String run) {
    return versions.place(run).toString();
  }

  /**
   * Publishes the files of a local directory.
   *
   * @param run the id of the run that trained the model
   * @return a warning for people: that another run has published a version in the meantime
   * @throws UserException when the version is published but could not be made current
   */
  public Optional<String> publish(java.nio.file.Path directory, String run) {
    try {
      versions.write(directory, run);
    } catch (IOException e) {
      throw new UncheckedIOException("writing model " + location(run), e);
    }
    String name = folder.getName();
    try {
      Optional<String> before = versions.promote(run);
      return before.equals(former)
          ? Optional.empty()
          : Optional.of(
              before
                      .map(other -> "another run has published " + name + "@" + other)
                      .orElse("another run has taken " + name + " away")
                  + " meanwhile; every version stays, and "
                  + name
                  + "@"
                  + run
                  + " is current now");
    } catch (IOException | UserException e) {
      throw new UserException(
          "model version "
              + name
              + "@"
              + run
              + " is complete in '"
              + location(run)
              + "' but could not be made current: "
              + e.getMessage()
              + "; 'spark-vit models --promote "
              + name
              + "@"
              + run
              + "' does that",
          e);
    }
  }
}
