package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.StableHash;

class ImageNameTest {
  private static final Path DISK = new Path("file:/data/pets");

  @Test
  void namesKnowNeitherSchemeNorBucketNorParents() {
    String onDisk = ImageName.of(DISK, new Path("file:/data/pets/cat/1 a#%20.jpg"));
    String onS3 =
        ImageName.of(
            new Path("s3a://bucket/x/y/pets"), new Path("s3a://bucket/x/y/pets/cat/1 a#%20.jpg"));
    assertThat(onDisk).isEqualTo("pets/cat/1 a#%20.jpg").isEqualTo(onS3);
  }

  @Test
  void aBucketAsRootHasNoNameOfItsOwn() {
    assertThat(ImageName.of(new Path("s3a://bucket/"), new Path("s3a://bucket/cat/1.jpg")))
        .isEqualTo("cat/1.jpg");
  }

  @Test
  void aFolderWhoseNameOnlyBeginsAlikeIsElsewhere() {
    assertThat(ImageName.relative(DISK, new Path("file:/data/pets2/1.jpg"))).isNull();
    assertThat(ImageName.relative(DISK, new Path("s3a://data/pets/1.jpg"))).isNull();
    assertThat(ImageName.relative(DISK, DISK)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "cat/1.jpg,              pets/cat/1.jpg,      file:/data/pets/cat/1.jpg",
    "./cat//1.jpg,           pets/cat/1.jpg,      file:/data/pets/cat/1.jpg",
    "dog/../cat/1.jpg,       pets/cat/1.jpg,      file:/data/pets/cat/1.jpg",
    "a:b.jpg,                pets/a:b.jpg,        file:/data/pets/a:b.jpg",
    "/data/pets/cat/1.jpg,   pets/cat/1.jpg,      file:/data/pets/cat/1.jpg",
    "file:///data/pets/1.jpg, pets/1.jpg,         file:/data/pets/1.jpg",
    "../birds/1.jpg,         pets/../birds/1.jpg, file:/data/birds/1.jpg",
    "/other/1.jpg,           /other/1.jpg,        file:/other/1.jpg",
    "s3a://b/x/1.jpg,        //b/x/1.jpg,          s3a://b/x/1.jpg",
  })
  void manifestsWritePathsInManyWays(String written, String name, String path) {
    ImageName.Resolved resolved = ImageName.resolve(DISK, DISK, written);
    assertThat(resolved.name()).isEqualTo(name);
    assertThat(resolved.path()).hasToString(path);
  }

  @Test
  void pathsStartFromTheManifestAndNamesFromTheRoot() {
    ImageName.Resolved resolved =
        ImageName.resolve(DISK, new Path("file:/data/pets/train"), "cat/1.jpg");
    assertThat(resolved.name()).isEqualTo("pets/train/cat/1.jpg");
    assertThat(resolved.path()).hasToString("file:/data/pets/train/cat/1.jpg");
  }

  @ParameterizedTest
  @CsvSource({
    "file:/data/pets, file:/data/pets/train/cat/1 a#%20.jpg, file:/data/pets",
    "s3a://bucket/,   s3a://bucket/cat/1.jpg,                s3a://bucket/",
    "file:/data,      file:/data/0001.tar#cat/1.jpg,         file:/",
    "file:/data/pets, file:/other/1.jpg,                     ",
  })
  void anIdTellsTheRootItCameFrom(String root, String file, String found) {
    String id = StableHash.id(ImageName.of(new Path(root), new Path(file)));
    assertThat(ImageName.rootOf(new Path(file), id).map(Path::toString).orElse(null))
        .isEqualTo(found);
  }
}
