using System.Text.Json.Serialization.Metadata;
using Tasker.Json;

namespace Tasker.Http;

/// <summary>
/// The common calls in one line each: JSON out, JSON in. Each has a form for serializers of System.Text.Json and one for generated ones.
/// For anything more, build an <see cref="ApiRequest"/>. All throw what <see cref="ApiClient.SendAsync(ApiRequest, CancellationToken)"/>
/// throws.
/// </summary>
public static class ApiClientVerbs
{
    extension(ApiClient client)
    {
        /// <summary>Reads a resource.</summary>
        public Task<T> GetAsync<T>(ApiPath path, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Get(path), type, cancellationToken);

        /// <summary>Reads a resource.</summary>
        public Task<T> GetAsync<T>(ApiPath path, JsonCodec<T> codec, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Get(path), codec, cancellationToken);

        /// <summary>Posts a value and ignores the body of the answer.</summary>
        public Task PostAsync<TBody>(ApiPath path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Post(path).WithJson(body, bodyType), cancellationToken);

        /// <summary>Posts a value and ignores the body of the answer.</summary>
        public Task PostAsync<TBody>(ApiPath path, TBody body, JsonCodec<TBody> bodyCodec, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Post(path).WithJson(body, bodyCodec), cancellationToken);

        /// <summary>Posts a value and reads the answer.</summary>
        public Task<T> PostAsync<TBody, T>(ApiPath path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Post(path).WithJson(body, bodyType), type, cancellationToken);

        /// <summary>Posts a value and reads the answer.</summary>
        public Task<T> PostAsync<TBody, T>(ApiPath path, TBody body, JsonCodec<TBody> bodyCodec, JsonCodec<T> codec, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Post(path).WithJson(body, bodyCodec), codec, cancellationToken);

        /// <summary>Puts a value and ignores the body of the answer.</summary>
        public Task PutAsync<TBody>(ApiPath path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Put(path).WithJson(body, bodyType), cancellationToken);

        /// <summary>Puts a value and ignores the body of the answer.</summary>
        public Task PutAsync<TBody>(ApiPath path, TBody body, JsonCodec<TBody> bodyCodec, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Put(path).WithJson(body, bodyCodec), cancellationToken);

        /// <summary>Puts a value and reads the answer.</summary>
        public Task<T> PutAsync<TBody, T>(ApiPath path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Put(path).WithJson(body, bodyType), type, cancellationToken);

        /// <summary>Puts a value and reads the answer.</summary>
        public Task<T> PutAsync<TBody, T>(ApiPath path, TBody body, JsonCodec<TBody> bodyCodec, JsonCodec<T> codec, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Put(path).WithJson(body, bodyCodec), codec, cancellationToken);

        /// <summary>Patches a resource and ignores the body of the answer.</summary>
        public Task PatchAsync<TBody>(ApiPath path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Patch(path).WithJson(body, bodyType), cancellationToken);

        /// <summary>Patches a resource and ignores the body of the answer.</summary>
        public Task PatchAsync<TBody>(ApiPath path, TBody body, JsonCodec<TBody> bodyCodec, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Patch(path).WithJson(body, bodyCodec), cancellationToken);

        /// <summary>Patches a resource and reads the answer.</summary>
        public Task<T> PatchAsync<TBody, T>(ApiPath path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Patch(path).WithJson(body, bodyType), type, cancellationToken);

        /// <summary>Patches a resource and reads the answer.</summary>
        public Task<T> PatchAsync<TBody, T>(ApiPath path, TBody body, JsonCodec<TBody> bodyCodec, JsonCodec<T> codec, CancellationToken cancellationToken = default) =>
            client.SendAsync(ApiRequest.Patch(path).WithJson(body, bodyCodec), codec, cancellationToken);

        /// <summary>Deletes a resource and ignores the body of the answer.</summary>
        public Task DeleteAsync(ApiPath path, CancellationToken cancellationToken = default) =>
            client.SendAndForgetAsync(ApiRequest.Delete(path), cancellationToken);

        private async Task SendAndForgetAsync(ApiRequest request, CancellationToken cancellationToken)
        {
            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            await response.SkipAsync().ConfigureAwait(false);
        }
    }
}
