package org.sparkvit.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlsTest {
  @ParameterizedTest
  @CsvSource({
    "https://b.s3.amazonaws.com/a/1.jpg?X-Amz-Signature=1&X-Amz-Date=2,"
        + " https://b.s3.amazonaws.com/a/1.jpg",
    "https://me:secret@host/1.jpg#top, https://host/1.jpg",
    "s3a://b/a/1.jpg?X-Amz-Credential=1, s3a://b/a/1.jpg",
    "s3a://KEY:SECRET@b/a/1.jpg, s3a://b/a/1.jpg",
    "wasbs://c@account/a.jpg?sv=2020&sig=abc, wasbs://c@account/a.jpg",
    "gs://b/1.jpg?Expires=1&Signature=x, gs://b/1.jpg",
    "s3a://b/what?.jpg, s3a://b/what?.jpg",
    "/data/who? me.jpg, /data/who? me.jpg",
    "abfss://container@account/a.jpg, abfss://container@account/a.jpg",
    "img/1.jpg?sig=x, img/1.jpg?sig=x"
  })
  void whatLetsTheBearerInIsCutAndTheKeyKept(String written, String stored) {
    assertThat(Urls.withoutSecrets(written)).isEqualTo(stored);
  }
}
