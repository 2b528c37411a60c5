curl -s http://127.0.0.1:8000/graphql -H 'content-type: application/json' -H "authorization: Bearer $TOKEN" -d '{
  "query": "{ entity(uscc: \"91231282MA9X0A019P\") { licences { certificateName validTo authority } } }"
}'
